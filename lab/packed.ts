/** What the page carries under this name, unpacked (base64 of raw deflate, in an element of the page); null: nothing. */
export const packed = async (name: string): Promise<Uint8Array | null> => {
  const text = document.getElementById(name)?.textContent?.trim();
  if (!text) return null;
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
};
