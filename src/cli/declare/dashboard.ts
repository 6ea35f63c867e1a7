import type { Command } from 'commander'
import type { DashboardOptions } from '../commands/dashboard.js'
import { contextOf } from '../context.js'
import { addExamples } from '../help.js'
import type { CliIO } from '../io.js'
import { portOption } from '../options.js'

/** The command that serves the page. */
export function addDashboard(program: Command, io: CliIO): void {
  const command = program.command('dashboard').description('Serve the dashboard and its HTTP API until Ctrl+C.')
  command
    .addOption(portOption(8081))
    .option('--host <address>', 'listen on this address; any but this machine itself needs a token', '127.0.0.1')
    .option('--open', 'open the browser')
    .option('--allow-host <name...>', 'names, besides localhost, under which browsers reach it')
    .option('--token-file <path>', 'a file with the token (default: FEATURE_TRACKING_DASHBOARD_TOKEN)')
    .action(async (options: DashboardOptions) => {
      const { dashboard } = await import('../commands/dashboard.js')
      await dashboard(contextOf(command, io), options)
    })
  addExamples(command, io, [
    ['feature-tracking dashboard --open', 'here, in the browser'],
    ['feature-tracking dashboard --db-path app.db --port 9000', 'another file, on another port'],
    ['feature-tracking dashboard --host 0.0.0.0 --token-file token.txt', 'for other machines, who need the token'],
  ])
}
