import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ROOT, run } from '../support/child.js'
import { copyOfOriginal } from '../support/original.js'
import { tempDatabase, tempFolder } from '../support/temp.js'

/** Notes every connection, packet and look-up of a name, in each thread. */
const HOOK = `
import { appendFileSync } from 'node:fs'
import net from 'node:net'
import dgram from 'node:dgram'
import dns from 'node:dns'
const note = (what) => appendFileSync(process.env.NETWORK_LOG, what + '\\n')
const wrap = (object, name) => {
  const original = object[name]
  object[name] = function (...args) { note(name + ' ' + JSON.stringify(args[0] ?? null)); return original.apply(this, args) }
}
wrap(net.Socket.prototype, 'connect'); wrap(dgram.Socket.prototype, 'send'); wrap(dns, 'lookup')
`

it('the defaults open no connection (R39)', async () => {
  const folder = tempFolder()
  const [log, hook, db] = [join(folder, 'network.log'), join(folder, 'hook.mjs'), copyOfOriginal()]
  writeFileSync(hook, HOOK)
  const env = { NETWORK_LOG: log, NODE_OPTIONS: `--import ${hook}`, FEATURE_TRACKING_DB_PATH: db }
  const cli = join(ROOT, 'dist/lib/cli.js')
  const commands = [
    ['list-features'],
    ['export', '-o', join(folder, 'out.parquet')],
    ['import', join(folder, 'out.parquet')],
    ['merge', db, '--into', tempDatabase()],
    ['privacy', 'audit'],
    ['privacy', 'rotate-key', '--yes'],
    ['forget', 'user5', '--yes'],
  ]
  for (const argv of commands) {
    const { code, stderr } = await run('node', [cli, ...argv], env)
    expect({ argv, code, isFault: code === 70, stderr: code === 0 || code === 4 ? '' : stderr }).toMatchObject({
      isFault: false,
      stderr: '',
    })
  }
  const tracked = await run(
    'node',
    [
      '--input-type=module',
      '-e',
      `import { trackFeature, featureTracker } from '@cloudcurio/feature-tracking'
    trackFeature('x')(() => 1)(); await featureTracker.shutdown()`,
    ],
    env,
  )
  expect(tracked).toMatchObject({ code: 0, stderr: '' })
  expect(existsSync(log) ? readFileSync(log, 'utf8') : '').toBe('')
  // The hook does note what there is.
  await run('node', ['-e', "require('node:net').connect(9, '127.0.0.1').on('error', () => {})"], env)
  expect(readFileSync(log, 'utf8')).toContain('connect')
  console.log(`R39: ${commands.length} commands and a tracked call opened 0 connections`)
})
