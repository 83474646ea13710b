/** What a model provider accepts in the schema of a tool's parameters. Everything else is left out, which only widens. */
export interface SchemaDialect {
  /** Keywords that may be written besides `type`, `enum`, `anyOf`, `properties`, `required`, `additionalProperties` and `items`. */
  readonly keywords: ReadonlySet<string>;
  /** Values of `format` that may be written; undefined allows all. */
  readonly formats: ReadonlySet<string> | undefined;
  /** What names of properties must match; undefined allows all. */
  readonly propertyName: RegExp | undefined;
  /** `enum` holds strings or numbers of one type only, and nothing stands beside `anyOf`, nor more than one type beside `null`. */
  readonly isPlain: boolean;
  /** Levels of schemas inside each other; what is deeper is not constrained. */
  readonly maxDepth: number;
}

/** Character classes, quantifiers and groups that ECMAScript, Python's `re` and RE2 read alike; no lookaround, no references. */
const PORTABLE_PATTERN =
  /^(?:[^\\()[\]{}*+?|^$]|\\[dws.\\/()[\]{}*+?|^$-]|\[\^?(?:[^\\[\]^&~|-]|\\[dws.\\/()[\]{}*+?|^$-]|[a-zA-Z0-9]-[a-zA-Z0-9])+-?\]|\((?:\?:|(?!\?))|\)|\{\d{1,4}(?:,\d{0,4})?\}|[*+?|^$])*$/;

/** Longer patterns are not worth their tokens. */
const MAX_PATTERN = 500;

/** Whether every provider's engine reads the regular expression as ECMAScript does. */
export function isPortablePattern(pattern: string): boolean {
  if (pattern.length > MAX_PATTERN || !PORTABLE_PATTERN.test(pattern)) return false;
  try {
    return new RegExp(pattern, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}
