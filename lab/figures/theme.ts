/** The page's style, which follows the theme by itself. */
let style: CSSStyleDeclaration | undefined;

/** A colour of the page's theme, by the name of its property in page.css. */
export const colour = (name: string): string => {
  style ??= getComputedStyle(document.documentElement);
  return style.getPropertyValue(`--${name}`).trim();
};

/** Tells when the theme has changed, until the function that is given back is called. */
export const onTheme = (changed: () => void): (() => void) => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", changed);
  return () => dark.removeEventListener("change", changed);
};
