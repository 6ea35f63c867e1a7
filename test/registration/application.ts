import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type ChildResult, ROOT, run } from '../support/child.js'
import { tempFolder } from '../support/temp.js'

export const SDK = '@opentelemetry/sdk-node'
export const HTTP = '@opentelemetry/instrumentation-http'

/** An application in a folder of its own, with this package and the named ones of the repository installed in it. */
export function application(packages: readonly string[], files: Readonly<Record<string, string>>): string {
  const folder = tempFolder()
  for (const name of ['@opentelemetry/api', ...packages]) link(folder, name, join(ROOT, 'node_modules', name))
  link(folder, '@cloudcurio/feature-tracking', ROOT)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

function link(folder: string, name: string, target: string): void {
  const path = join(folder, 'node_modules', name)
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(target, path)
}

export const REGISTER = ['--import', '@cloudcurio/feature-tracking/register']

/** Runs Node in the application's folder, with these variables and no other settings. */
export function runIn(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ChildResult> {
  const settings = Object.keys(process.env).filter((name) => /^(FEATURE_TRACKING|OTEL)_/.test(name))
  const cleared = Object.fromEntries([...settings, 'NODE_OPTIONS'].map((name) => [name, undefined]))
  return run(process.execPath, args, { ...cleared, FEATURE_TRACKING_DB_PATH: join(folder, 'usage.db'), ...env }, folder)
}

const BODY = `
const find = trackFeature('find_user', 'database_operation')((id) => ({ id }))
const server = createServer((request, response) => {
  response.end(JSON.stringify(find(request.url)))
}).listen(0, '127.0.0.1', () => {
  get('http://127.0.0.1:' + server.address().port + '/users/7', (response) => {
    response.setEncoding('utf8').on('data', (text) => console.log(text)).on('end', () => {
      server.close(() => { process.exitCode = 3 })
    })
  })
})
`

/** A server with a tracked function, and a request to it; it ends by itself with exit code 3. */
export const APP = {
  'app.mjs': `import { createServer, get } from 'node:http'
import { trackFeature } from '@cloudcurio/feature-tracking'
${BODY}`,
  'app.cjs': `const { createServer, get } = require('node:http')
const { trackFeature } = require('@cloudcurio/feature-tracking')
${BODY}`,
}
