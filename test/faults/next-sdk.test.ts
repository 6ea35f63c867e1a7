import { describe, expect, it } from 'vitest'
import { checkHost } from '../hosts/check.js'
import { HOST_ROWS } from '../hosts/matrix.js'
import { installNextSdk } from '../hosts/next-sdk.js'
import { tempDatabase } from '../support/temp.js'

const place = await installNextSdk()
if (typeof place === 'string') console.log(`The hosts with SDK 3.x are skipped: ${place}`)

describe.skipIf(typeof place === 'string')('NodeSDK 0.301 with SDK 3.x on Node 22', () => {
  let first: readonly string[] | undefined

  // Registering by an import of ours is a matter of the SDK that comes with the library.
  it.each(HOST_ROWS.filter(({ nodeArguments }) => nodeArguments === undefined))('in $name', async (row) => {
    const { rows } = await checkHost(place as Exclude<typeof place, string>, row, tempDatabase)
    first ??= rows
    expect(rows).toEqual(first)
    console.log(`SDK 3.x: ${rows.length} rows in ${row.name}, from ES modules and CommonJS alike`)
  })
})
