import type { Command } from 'commander'
import pc from 'picocolors'
import { chooseDatabase, type DatabaseChoice } from './database.js'
import { type CliIO, outputWidth, wantsColor } from './io.js'
import { warn } from './report.js'

type OutputMode = 'table' | 'json' | 'csv'

export type Colors = ReturnType<typeof pc.createColors>

/** What every command needs besides its own options. */
export interface CommandContext {
  readonly io: CliIO
  readonly mode: OutputMode
  readonly database: DatabaseChoice
  readonly colors: Colors
  /** Columns that a table has to fit into; undefined when there is no such bound. */
  readonly width: number | undefined
  /** The zone in which times are shown and read; undefined is that of the process. */
  readonly zone: string | undefined
}

/** The options that work on every command, before or after its name. */
export interface GlobalOptions {
  dbPath?: string
  json?: boolean
  csv?: boolean
  color: boolean
  timeZone?: string
}

export function contextOf(command: Command, io: CliIO): CommandContext {
  const options = command.optsWithGlobals<GlobalOptions>()
  const mode = options.json === true ? 'json' : options.csv === true ? 'csv' : 'table'
  return {
    io,
    mode,
    database: chooseDatabase(options.dbPath, io.env, (message) => warn(message, io, mode === 'json')),
    colors: pc.createColors(wantsColor(io, options.color)),
    width: outputWidth(io),
    zone: options.timeZone,
  }
}
