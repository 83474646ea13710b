export {
  type AuthType,
  assertCredentialsFit,
  type CredentialMetadata,
  type Credentials,
  headerNamesOf,
  toSecretHeaders,
} from './credential.ts';
export { CredentialVault } from './credential-vault.ts';
export { checkKeyring, type Keyring, KeyringError, parseKeyring } from './keyring.ts';
export { type SealContext, SealError, SealedBox } from './sealed-box.ts';
