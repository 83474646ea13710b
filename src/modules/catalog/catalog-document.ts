import { type Static, Type } from '@sinclair/typebox';

// The form of a catalog file. What is not named here is refused.

const closed = { additionalProperties: false } as const;
const Text = (maxLength: number) =>
  Type.String({ minLength: 1, maxLength, pattern: '^\\S(.*\\S)?$' });
const optional = Type.Optional;

/** As of slugs, so that the key can be one. */
const Key = Type.String({ pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*$', maxLength: 24 });
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
    header: Type.Object(
      {
        name: Type.String({ pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$" }),
        value: optional(
          Type.String({ pattern: '^[\\x20-\\x7e]*\\{value\\}[\\x20-\\x7e]*$', maxLength: 200 }),
        ),
      },
      closed,
    ),
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

/** Where a server is. */
const place = {
  image: optional(Text(255)),
  service: optional(Type.String({ pattern: '^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$' })),
  port: optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
  path: optional(Type.String({ pattern: '^/[\\x21-\\x7e]*$', maxLength: 500 })),
  url: optional(Type.String({ minLength: 1, maxLength: 2000 })),
  transport: optional(Type.Union([Type.Literal('streamable-http'), Type.Literal('sse')])),
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
/** What an operator says of where a server is. */
export type PlaceDocument = NonNullable<CatalogDocument['overrides']>[string];
