/** The module under which this program's own studies are known, on any host. */
export const OWN_MODULE = "rramlab";
