declare module 'class-transformer/cjs/storage.js' {
  import type { MetadataStorage } from 'class-transformer/types/MetadataStorage.js';

  /** Where `@Type` keeps the classes of nested properties. */
  export const defaultMetadataStorage: MetadataStorage;
}
