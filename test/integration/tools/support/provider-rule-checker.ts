import { Ajv2020 } from 'ajv/dist/2020.js';

type Node = { [keyword: string]: unknown };

/**
 * What a provider publishes about the schema of a tool's arguments, written down a second time and in another way than in the service,
 * so that a slip there does not hide here.
 */
interface PublishedRules {
  keywords: readonly string[];
  formats: readonly string[] | 'any';
  propertyName?: RegExp;
  maxDepth: number;
  /** `anyOf` alone; one type, perhaps with null; `enum` of strings or of numbers. */
  plain: boolean;
  /** `pattern` must be what Python's `re` reads, without lookaround. */
  pythonPatterns: boolean;
}

const STRUCTURE = 'type enum anyOf properties required additionalProperties items'.split(' ');
const FULL =
  `title description default examples format pattern minLength maxLength minimum maximum exclusiveMinimum exclusiveMaximum
  multipleOf minItems maxItems uniqueItems minProperties maxProperties`.split(/\s+/);

const RULES = {
  openai: {
    keywords: [...STRUCTURE, ...FULL],
    formats: 'date-time time date duration email hostname ipv4 ipv6 uuid'.split(' '),
    maxDepth: 33,
    plain: false,
    pythonPatterns: true,
  },
  anthropic: {
    keywords: [...STRUCTURE, ...FULL, 'prefixItems'],
    formats: 'any',
    propertyName: /^[a-zA-Z0-9_.-]{1,64}$/,
    maxDepth: 33,
    plain: false,
    pythonPatterns: false,
  },
  gemini: {
    // Of $id, $defs, $ref, $anchor, type, format, title, description, enum, items, prefixItems, minItems, maxItems, minimum, maximum,
    // anyOf, oneOf, properties, additionalProperties, required.
    keywords: [
      ...STRUCTURE,
      ...'format title description minItems maxItems minimum maximum'.split(' '),
    ],
    formats: 'date-time date time'.split(' '),
    maxDepth: 11,
    plain: true,
    pythonPatterns: false,
  },
} as const satisfies Record<string, PublishedRules>;

/** A provider whose rules are known. */
export type CheckedProvider = keyof typeof RULES;

/** The providers whose rules are known. */
export const CHECKED_PROVIDERS = Object.keys(RULES) as CheckedProvider[];

const TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];
const ajv = new Ajv2020({ strict: false, logger: false });

/** Every rule that the schema of a tool's arguments breaks; empty where the provider would take it. */
export function brokenRules(provider: CheckedProvider, root: unknown): string[] {
  const problems: string[] = [];
  if (!isNode(root)) return ['the schema is not an object'];
  if (root['type'] !== 'object') problems.push('the root is not of type object');
  if (!isNode(root['properties'])) problems.push('the root has no properties');
  for (const keyword of ['anyOf', 'oneOf', 'allOf', 'enum', 'const', 'not', '$ref']) {
    if (keyword in root) problems.push(`the root has ${keyword}`);
  }
  if (!ajv.validateSchema(root)) problems.push(`no JSON Schema: ${ajv.errorsText()}`);
  new Walk(RULES[provider], problems).visit(root, '#', 1);
  return problems;
}

class Walk {
  readonly #rules: PublishedRules;
  readonly #problems: string[];

  constructor(rules: PublishedRules, problems: string[]) {
    this.#rules = rules;
    this.#problems = problems;
  }

  visit(node: unknown, at: string, depth: number): void {
    const say = (problem: string) => this.#problems.push(`${at}: ${problem}`);
    if (!isNode(node)) return void say('is not an object');
    if (depth > this.#rules.maxDepth) say('is too deep');
    for (const keyword of Object.keys(node)) {
      if (!this.#rules.keywords.includes(keyword)) say(`has the keyword ${keyword}`);
    }
    const types = typesOf(node);
    if (types.some((type) => !TYPES.includes(String(type)))) say('has an unknown type');
    if (types.includes('array') && !isNode(node['items'])) say('is a list without items');
    if (types.includes('object') && !isNode(node['properties'])) say('has no properties');
    this.#checkText(node, say);
    this.#checkRequired(node, say);
    if (this.#rules.plain) checkPlain(node, types, say);
    this.#visitMembers(node, at, depth + 1);
  }

  #checkText(node: Node, say: (problem: string) => void): void {
    const { format, pattern } = node;
    const { formats, pythonPatterns } = this.#rules;
    if (format !== undefined && formats !== 'any' && !formats.includes(String(format))) {
      say(`has the format ${String(format)}`);
    }
    if (typeof pattern !== 'string') return;
    if (pythonPatterns && /\(\?(?!:)|\\[^dDwWsStnr\W]/.test(pattern)) say(`has ${pattern}`);
    new RegExp(pattern, 'u');
  }

  #checkRequired({ required, properties }: Node, say: (problem: string) => void): void {
    if (required === undefined) return;
    if (!Array.isArray(required)) return void say('has a required that is no list');
    if (required.length === 0) say('has an empty required');
    for (const name of required) {
      if (!isNode(properties) || !Object.hasOwn(properties, String(name))) {
        say(`requires ${String(name)}, which is no property`);
      }
    }
  }

  #visitMembers(node: Node, at: string, depth: number): void {
    const { properties, additionalProperties, items, prefixItems, anyOf } = node;
    for (const [name, part] of Object.entries(isNode(properties) ? properties : {})) {
      if (this.#rules.propertyName?.test(name) === false) {
        this.#problems.push(`${at}: has a property called ${name}`);
      }
      this.visit(part, `${at}/properties/${name}`, depth);
    }
    const rest = typeof additionalProperties === 'boolean' ? undefined : additionalProperties;
    for (const part of [rest, items]) {
      if (part !== undefined) this.visit(part, `${at}/*`, depth);
    }
    for (const list of [prefixItems, anyOf]) {
      if (list !== undefined) this.#visitList(list, at, depth);
    }
  }

  #visitList(list: unknown, at: string, depth: number): void {
    if (!Array.isArray(list) || list.length === 0) this.#problems.push(`${at}: an empty list`);
    else for (const part of list) this.visit(part, `${at}/*`, depth);
  }
}

function checkPlain(node: Node, types: readonly unknown[], say: (problem: string) => void): void {
  if ('anyOf' in node && Object.keys(node).length > 1) say('has something beside anyOf');
  if (types.filter((type) => type !== 'null').length > 1) say('has several types');
  const { enum: values } = node;
  if (!Array.isArray(values)) return;
  const kinds = new Set(values.map((value) => typeof value));
  const [kind] = kinds;
  if (kinds.size !== 1 || (kind !== 'string' && kind !== 'number')) say('has a mixed enum');
  if (types.length !== 1) say('has an enum without one type');
}

function typesOf({ type }: Node): readonly unknown[] {
  if (type === undefined) return [];
  return Array.isArray(type) ? type : [type];
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
