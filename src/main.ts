#!/usr/bin/env node
/**
 * The program: `quorate`, with everything it can do. What it consists of is put together in
 * `src/main`; here is only what has to come before that is loaded.
 */

import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'

/** The first Node.js with all of these choices; an earlier one would complain of some. */
const KNOWS_ALL = 24

// Compiled sources are kept from one start to the next, which makes one three times as fast. They
// lie inside the package and not in a directory that others can write to.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/quorate', import.meta.url)))

// One thread collects young objects in two or three milliseconds. With helpers it waits until each
// of them was given a processor, which others may be using, and stops everything meanwhile.
setFlagsFromString('--no-parallel-scavenge')
// The heap may double before all of it is collected. What lives is twenty megabytes: more room
// would only fill with what is dead, and take from the bound on a node's memory.
setFlagsFromString('--heap-growing-percent=100')
if (Number.parseInt(process.versions.node, 10) >= KNOWS_ALL) {
  // What messages and values lie in counts as part of the heap that may double. By itself it is a
  // reason to collect everything each time 64 MiB of it were made: a few hundred large values.
  setFlagsFromString('--external-memory-accounted-in-global-limit')
}

// The log waits for its disk in the same pool of threads as reads of records, of which many are
// under way at once, and compression. With four, which is usual, a sync would wait behind reads.
process.env['UV_THREADPOOL_SIZE'] ??= '8'

// Whoever reads the output may stop reading, as `head` does, and a terminal may be closed, which is
// the second of these codes: no reason for anything to fail. Anything else, such as a disk that is
// full, is a failure, but none to stop in the middle for: a node need not end with its log.
const GONE = ['EPIPE', 'EIO']
const STATUS_FAILED = 1
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (GONE.includes(error.code ?? '')) return
    process.exitCode = STATUS_FAILED
    if (stream === process.stderr) return
    process.stderr.write(`quorate: what is printed cannot be written: ${error.message}\n`)
  })
}

const { quorate } = await import('./main/index.ts')
const status = await quorate(process.argv.slice(2))
process.exitCode = process.exitCode || status
