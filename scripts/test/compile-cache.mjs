/**
 * Loaded before each test file: what is compiled is kept from one file, and one run, to the next,
 * because compiling the same sources again takes longer than most tests. Plain JavaScript, because
 * it is compiled itself each time.
 */

import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

const DIRECTORY = '../../node_modules/.cache/quorate-tests'

enableCompileCache(fileURLToPath(new URL(DIRECTORY, import.meta.url)))

// Nodes that a test starts with its own options have others besides, and a cache of their own.
const at = process.execArgv.indexOf('--import')
if (at >= 0) process.execArgv.splice(at, 2)
