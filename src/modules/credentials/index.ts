export {
  type AuthType,
  assertCredentialsFit,
  type CredentialMetadata,
  type Credentials,
  headerNamesOf,
  isRefusedHeader,
  toSecretHeaders,
} from './credential.ts';
export { CredentialVault } from './credential-vault.ts';
export { KeyServiceError } from './key-service.ts';
export {
  checkKeyring,
  type Keyring,
  KeyringError,
  type LockedKeyring,
  parseKeyring,
} from './keyring.ts';
export { type SealContext, SealError, SealedBox } from './sealed-box.ts';
export { TransitKeyService } from './transit-key-service.ts';
