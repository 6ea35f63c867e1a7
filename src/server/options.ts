import type { SinkHealth } from '../store/index.js'

/** What a tracker says of itself: `FeatureTracker` fits. */
export interface TrackerStatus {
  health(): { readonly events: Partial<Record<string, number>>; readonly store: SinkHealth | undefined }
}

export interface AppOptions {
  /**
   * The database that the store reads: its size is shown, and widgets are kept beside it. Default:
   * `FEATURE_TRACKING_DB_PATH`, else `~/.cloudcurio/feature_tracking.db`.
   */
  dbPath?: string | undefined
  /** Everybody has to give it, in the Authorization header or by logging in; 16 characters or more. Default: nobody. */
  token?: string | undefined
  /** Names under which the application is reached, without port, besides `localhost`, `127.0.0.1` and `[::1]`. */
  allowedHosts?: readonly string[] | undefined
  /** The path at which it is mounted, where the host leaves it in the request's URL, such as `/usage`. */
  basePath?: string | undefined
  /** The tracker of this process, for the health page. */
  tracker?: TrackerStatus | undefined
  /** The folder of the page's files. Default: the one of this package. */
  pageFolder?: string | undefined
}
