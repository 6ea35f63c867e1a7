/** The store for programs that only ask, and start often: nothing that writes is loaded with it. */
export { StoreError } from '../contract.js'
export { DetailsReader } from '../sqlite/details-reader.js'
export { errorGroups } from '../sqlite/explore/error-groups.js'
export { openReader } from '../sqlite/reader-in-place.js'
