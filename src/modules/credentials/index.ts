export {
  type AuthType,
  assertCredentialsFit,
  type CredentialMetadata,
  type Credentials,
  headerNamesOf,
  toSecretHeaders,
} from './credential.ts';
export { CredentialVault } from './credential-vault.ts';
export { checkKeyring, parseKeyring } from './keyring.ts';
export { type SealContext, SealError, SealedBox } from './sealed-box.ts';
