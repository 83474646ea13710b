import type { SchemaDialect } from '../schemas/schema-dialect.ts';

/** What a model provider accepts; what it does not say is undefined. */
export interface ProviderRules {
  /** As in the sentence "… takes at most 128 tools". */
  readonly provider: string;
  /** Names of tools. Ours always match `^[a-zA-Z0-9_-]{1,64}$`, so only what is stricter is listed. */
  readonly toolName: RegExp | undefined;
  /** Tools in one request. */
  readonly maxTools: number | undefined;
  /** UTF-16 units of a tool's description. */
  readonly maxDescription: number | undefined;
  readonly schema: SchemaDialect;
}

/** Keywords that every provider reads. */
const COMMON = ['title', 'description', 'format', 'minItems', 'maxItems', 'minimum', 'maximum'];

const JSON_SCHEMA = [
  ...COMMON,
  'default',
  'examples',
  'pattern',
  'minLength',
  'maxLength',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'uniqueItems',
  'minProperties',
  'maxProperties',
];

/** Our own bound where a provider names none: deeper schemas are of no use to a model. */
const MAX_DEPTH = 32;

/**
 * The rules as published, or as the provider's error messages state them (read November 2026). All providers want an object without
 * combinators as the schema of the arguments, and a `required` that names properties of its own.
 *
 * | rule | source |
 * |---|---|
 * | OpenAI: names | `FunctionDefinition.name` in npm `openai`: "a-z, A-Z, 0-9, underscores and dashes, maximum length of 64" |
 * | OpenAI: 128 tools | API error `array_above_max_length`: "Expected an array with maximum length 128" |
 * | OpenAI: description of 1024 | API error `string_above_max_length`: "Expected a string with maximum length 1024" |
 * | OpenAI: root | API error: "schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'const'/'not' at the top level" |
 * | OpenAI: `items` | API error: "array schema missing items" |
 * | OpenAI: `properties` | API error: "object schema missing properties" |
 * | OpenAI: `pattern` | API errors "… is not a 'regex'" (Python's `re`) and "regex lookaround is not supported" |
 * | OpenAI: `format` | developers.openai.com/api/docs/guides/structured-outputs, "Supported schemas"; API error "'uri' is not a valid format" |
 * | OpenAI: not strict | the same page: strict mode takes a subset that would narrow schemas, so `strict` is false |
 * | Anthropic: names | platform.claude.com/docs, tool use: `^[a-zA-Z0-9_-]{1,64}$` |
 * | Anthropic: schema | `Tool.input_schema` in npm `@anthropic-ai/sdk`: JSON Schema draft 2020-12 whose root has `type: 'object'` |
 * | Anthropic: root | API error: "input_schema does not support oneOf, allOf, or anyOf at the top level" |
 * | Anthropic: references | platform.claude.com/docs, self-hosted sandboxes: rejects `$ref` anywhere in a custom tool's `input_schema` |
 * | Anthropic: properties | API error: "Property keys should match pattern '^[a-zA-Z0-9_.-]{1,64}$'" |
 * | Gemini: names | API error: "Must start with a letter or an underscore. Must be a-z, A-Z, 0-9, or contain _ . : -, maximum length of 64" |
 * | Gemini: 512 tools | `Tool.functionDeclarations` in npm `@google/genai`: "Maximum 512 function declarations can be provided" |
 * | Gemini: keywords | `responseJsonSchema` in npm `@google/genai`: the supported ones; `enum` for strings and numbers; `oneOf` read as `anyOf` |
 * | Gemini: lone `anyOf` | Vertex AI error: "When using any_of, it must be the only field set" |
 * | Gemini: depth | API error "exceeds the maximum allowed nesting depth", which names no number; ten is what OpenAI publishes |
 * | Gemini: one type | ai.google.dev/gemini-api/docs/structured-output: `null` is added to a type in a list; other lists are not described |
 */
export const PROVIDER_RULES = {
  openai: {
    provider: 'OpenAI',
    toolName: undefined,
    maxTools: 128,
    maxDescription: 1024,
    schema: {
      keywords: new Set(JSON_SCHEMA),
      formats: new Set([
        'date-time',
        'time',
        'date',
        'duration',
        'email',
        'hostname',
        'ipv4',
        'ipv6',
        'uuid',
      ]),
      propertyName: undefined,
      isPlain: false,
      maxDepth: MAX_DEPTH,
    },
  },
  anthropic: {
    provider: 'Anthropic',
    toolName: undefined,
    maxTools: undefined,
    maxDescription: undefined,
    schema: {
      keywords: new Set([...JSON_SCHEMA, 'prefixItems']),
      formats: undefined,
      propertyName: /^[a-zA-Z0-9_.-]{1,64}$/,
      isPlain: false,
      maxDepth: MAX_DEPTH,
    },
  },
  gemini: {
    provider: 'Gemini',
    toolName: /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/,
    maxTools: 512,
    maxDescription: undefined,
    schema: {
      keywords: new Set(COMMON),
      formats: new Set(['date-time', 'date', 'time']),
      propertyName: undefined,
      isPlain: true,
      maxDepth: 10,
    },
  },
} as const satisfies Record<string, ProviderRules>;
