import { type Static, Type } from '@sinclair/typebox';

// What is read of an answer of the official MCP registry (`GET /v0.1/servers`). It has more members, which are not looked at.

const optional = Type.Optional;
const Text = Type.String({ maxLength: 4000 });

const Header = Type.Object({
  name: Text,
  description: optional(Text),
  value: optional(Text),
  isRequired: optional(Type.Boolean()),
  isSecret: optional(Type.Boolean()),
});

const Server = Type.Object({
  name: Text,
  title: optional(Text),
  description: optional(Text),
  icons: optional(Type.Array(Type.Object({ src: Text }))),
  remotes: optional(
    Type.Array(
      Type.Object({ type: Text, url: optional(Text), headers: optional(Type.Array(Header)) }),
    ),
  ),
  packages: optional(Type.Array(Type.Object({}))),
});

/** A server of the registry. */
export type RegistryServer = Static<typeof Server>;
/** A header that a remote wants. */
export type RegistryHeader = Static<typeof Header>;

/** What the registry itself says of a server; `deleted` means that its publisher took it back. */
const Meta = Type.Object({
  'io.modelcontextprotocol.registry/official': optional(Type.Object({ status: optional(Text) })),
});

/** A page; each server in it is checked by itself, since one that is broken costs itself alone. */
export const RegistryPage = Type.Object({
  servers: Type.Array(Type.Object({ server: Type.Unknown(), _meta: optional(Meta) }), {
    maxItems: 1000,
  }),
  metadata: optional(Type.Object({ nextCursor: optional(Text) })),
});

/** As {@link RegistryServer}. */
export const RegistryServer = Server;
