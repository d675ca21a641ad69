#!/usr/bin/env node
// The command of the package, installed or in a checkout. It runs on whatever Node.js the machine
// has: one that is too old, and packages that are missing, are told of in a sentence and not by the
// stack of whatever fails first.

import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const MAJOR_MIN = 24

const isThere = (name) => existsSync(new URL(`../${name}`, import.meta.url))
/** A package has no sources. */
const isCheckout = isThere('src/main.ts')

function refuse(text) {
  console.error(`quorate: ${text}`)
  process.exitCode = 1
}

if (isCheckout && !isThere('node_modules')) {
  const root = fileURLToPath(new URL('..', import.meta.url))
  refuse(`its packages are not there yet: run "npm ci" in ${root}`)
} else if (Number(process.versions.node.split('.')[0]) < MAJOR_MIN) {
  const other = isCheckout
    ? 'In this checkout, bin/quorate runs on the Node.js that belongs to it.'
    : '(The client, quorate/client, runs on Node.js 22, too.)'
  refuse(
    `the server and the command line need Node.js ${MAJOR_MIN} or newer, and this is ` +
      `${process.version}. ${other}`,
  )
} else {
  // As bin/quorate does: what was built may be older than the sources beside it.
  await import(isCheckout ? '../src/main.ts' : '../dist/main.js')
}
