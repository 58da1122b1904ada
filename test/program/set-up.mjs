export { makePackage as default } from "./package-folder.mjs";
