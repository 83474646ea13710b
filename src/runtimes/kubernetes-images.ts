/** Images that may run in the cluster, as the operator lists them. */
export class ImageList {
  readonly #patterns: readonly string[];

  /**
   * @param patterns images as they are written in entries (`mcp/github:latest`, with a digest too), or with `*` as the last character, for
   * all whose name goes on from there (`registry.example.com/mcp/*`). None: no image is allowed.
   */
  constructor(patterns: readonly string[]) {
    this.#patterns = patterns;
  }

  allows(image: string): boolean {
    return isImage(image) && this.#patterns.some((pattern) => matches(pattern, image));
  }
}

/** Is this a pattern of {@link ImageList}? A star that stood for everything would be no list. */
export function isImagePattern(pattern: string): boolean {
  const text = pattern.endsWith('*') ? pattern.slice(0, -1) : pattern;
  return pattern === text ? isImage(text) : /^[a-z0-9][a-zA-Z0-9._:/-]*[/:-]$/.test(text);
}

/** Name, tag and digest by the grammar of images, roughly: nothing that a program could take for an option, or for two images. */
function isImage(image: string): boolean {
  return (
    image.length <= 255 &&
    /^[a-z0-9][a-zA-Z0-9._/-]*(?::\d+\/[a-zA-Z0-9._/-]+)?(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/.test(
      image,
    ) &&
    !image.includes('..') &&
    !image.includes('//')
  );
}

function matches(pattern: string, image: string): boolean {
  return pattern.endsWith('*') ? image.startsWith(pattern.slice(0, -1)) : image === pattern;
}
