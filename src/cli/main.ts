#!/usr/bin/env node
/** The file behind the `quorate` command. */

import { createNodeChance, createNodeClock, createNodeDisk } from '../io/index.ts'
import { runCommand } from './command.ts'

process.exitCode = await runCommand(process.argv.slice(2), {
  disk: createNodeDisk(),
  clock: createNodeClock(),
  chance: createNodeChance(),
  print: (line) => console.log(line),
})
