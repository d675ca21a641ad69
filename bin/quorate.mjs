#!/usr/bin/env node
// The command of the installed package. It runs on whatever Node.js the machine has, so that one
// that is too old is told of in a sentence and not by a syntax error.

const MAJOR_MIN = 24

if (Number(process.versions.node.split('.')[0]) < MAJOR_MIN) {
  console.error(
    `quorate: the server and the command line need Node.js ${MAJOR_MIN} or newer, and this is ` +
      `${process.version}. (The client, quorate/client, runs on Node.js 22, too.)`,
  )
  process.exitCode = 1
} else {
  await import('../dist/main.js')
}
