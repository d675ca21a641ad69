#!/usr/bin/env node
/** The file behind the `quorate` command. */

import { createNodeClock, createNodeDisk } from '../io/index.ts'
import { runCommand } from './command.ts'

process.exitCode = await runCommand(process.argv.slice(2), {
  disk: createNodeDisk(),
  clock: createNodeClock(),
  print: (line) => console.log(line),
})
