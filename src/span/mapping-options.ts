import type { RememberedMetadata } from './remembered-metadata.js'

export interface MappingOptions {
  /** Bytes of a record's metadata as JSON. */
  readonly maxMetadataSize: number
  /** The session of spans that name none. */
  readonly sessionId: string
  /** Makes pseudonyms of clear user ids; undefined leaves them. */
  readonly pseudonymize?: ((userId: string) => string) | undefined
  /** Metadata of earlier spans that were mapped with the same options; undefined remembers none. */
  readonly remembered?: RememberedMetadata | undefined
}
