export { removePackage as default } from "./package-folder.mjs";
