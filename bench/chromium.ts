import { existsSync } from 'node:fs'

const PROGRAMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The browser of this machine; undefined where there is none. */
export const CHROMIUM = process.env['CHROMIUM_PATH'] ?? PROGRAMS.find((path) => existsSync(path))

export const HOW_TO_GET_CHROMIUM = 'install it (Debian: apt-get install chromium), or set CHROMIUM_PATH'
