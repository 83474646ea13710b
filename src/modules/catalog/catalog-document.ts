import { type Static, Type } from '@sinclair/typebox';
import { RUNTIME_KINDS } from '../../runtimes/runtime.ts';

// The form of a catalog file. What is not named here is refused.

const closed = { additionalProperties: false } as const;
const Text = (maxLength: number) =>
  Type.String({ minLength: 1, maxLength, pattern: '^\\S(.*\\S)?$' });
const optional = Type.Optional;

/** As of slugs, so that the key can be one. */
const Key = Type.String({ pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*$', maxLength: 24 });
/** A container image: a name with an optional host, tag and digest. */
const Image = Type.String({
  pattern:
    '^([a-zA-Z0-9][a-zA-Z0-9.-]*(:[0-9]{1,5})?/)?[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[a-f0-9]{64})?$',
  maxLength: 255,
});
const Port = Type.Integer({ minimum: 1, maximum: 65_535 });
const Path = Type.String({ pattern: '^/[\\x21-\\x7e]*$', maxLength: 500 });
/** Of a server that is deployed: as agents take it (`agent-api.yaml`). */
const LaunchPath = Type.String({ pattern: '^/[A-Za-z0-9._~/-]*$', maxLength: 256 });
/** What a program is given: no control characters. */
const Argument = Type.String({ pattern: '^[^\\x00-\\x1f\\x7f]*$', maxLength: 2000 });
const Value = Type.Union([Type.String({ maxLength: 2000 }), Type.Integer(), Type.Boolean()]);

const Setting = Type.Object(
  {
    name: Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' }),
    title: Text(100),
    description: optional(Text(500)),
    type: Type.Union(['string', 'url', 'integer', 'boolean'].map((type) => Type.Literal(type))),
    required: optional(Type.Boolean()),
    secret: optional(Type.Boolean()),
    default: optional(Value),
    enum: optional(Type.Array(Value, { minItems: 1, maxItems: 100 })),
    header: optional(
      Type.Object(
        {
          name: Type.String({ pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$" }),
          value: optional(
            Type.String({ pattern: '^[\\x20-\\x7e]*\\{value\\}[\\x20-\\x7e]*$', maxLength: 200 }),
          ),
        },
        closed,
      ),
    ),
    env: optional(Type.String()),
    file: optional(Type.Object({ name: Type.String(), env: Type.String() }, closed)),
  },
  closed,
);

const OAuth = Type.Object(
  {
    kind: Type.Literal('oauth2'),
    scopes: optional(
      Type.Array(Type.String({ pattern: '^[\\x21\\x23-\\x5b\\x5d-\\x7e]{1,255}$' }), {
        maxItems: 50,
      }),
    ),
    issuer: optional(Type.String({ pattern: '^https?://', maxLength: 500 })),
  },
  closed,
);

const Launch = Type.Object(
  {
    command: optional(Type.Array(Argument, { minItems: 1, maxItems: 50 })),
    image: optional(Image),
    speaks: optional(Type.Union([Type.Literal('stdio'), Type.Literal('http')])),
    port: optional(Port),
    path: optional(LaunchPath),
    environment: optional(Type.Record(Type.String(), Argument, { maxProperties: 50 })),
    memory_mb: optional(Type.Integer({ minimum: 16, maximum: 65_536 })),
    cpu_millis: optional(Type.Integer({ minimum: 10, maximum: 64_000 })),
  },
  closed,
);

/** Where a server is, or is brought up. */
const place = {
  image: optional(Image),
  service: optional(Type.String({ pattern: '^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$' })),
  port: optional(Port),
  path: optional(Path),
  url: optional(Type.String({ minLength: 1, maxLength: 2000 })),
  transport: optional(Type.Union([Type.Literal('streamable-http'), Type.Literal('sse')])),
  launch: optional(Launch),
  run_on: optional(
    Type.Array(Type.Union(['static', ...RUNTIME_KINDS].map((kind) => Type.Literal(kind))), {
      minItems: 1,
      uniqueItems: true,
    }),
  ),
  instances: optional(Type.Integer({ minimum: 1, maximum: 10 })),
};

const Entry = Type.Object(
  {
    key: Key,
    title: Text(80),
    description: Text(500),
    icon: optional(Type.String({ pattern: '^https://', maxLength: 2000 })),
    offered_to: optional(Type.Union([Type.Literal('project'), Type.Literal('user')])),
    ...place,
    reach: optional(Type.Union([Type.Literal('pinned'), Type.Literal('public')])),
    auth: optional(
      Type.Union([
        Type.Object({ kind: Type.Union([Type.Literal('none'), Type.Literal('settings')]) }, closed),
        OAuth,
      ]),
    ),
    settings: optional(Type.Array(Setting, { minItems: 1, maxItems: 20 })),
    gate: optional(Key),
    legacy_keys: optional(Type.Array(Key, { maxItems: 10 })),
  },
  closed,
);

/** Entries of its own, and places of others: of those the service ships with. */
export const CatalogDocument = Type.Object(
  {
    entries: optional(Type.Array(Entry, { maxItems: 1000 })),
    overrides: optional(
      Type.Record(Key, Type.Object(place, closed), { maxProperties: 1000, ...closed }),
    ),
  },
  closed,
);

export type CatalogDocument = Static<typeof CatalogDocument>;
export type EntryDocument = Static<typeof Entry>;
