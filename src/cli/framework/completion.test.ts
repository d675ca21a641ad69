import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { COMMANDS } from '../table.ts'
import { completionScript } from './completion.ts'
import { spelled } from './index.ts'

const SPECS = COMMANDS.map(({ spec }) => spec)

function bash(script: string) {
  const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], {
    encoding: 'utf8',
  })
  assert.equal(stderr, '')
  assert.equal(status, 0)
  return stdout
}

/** What bash offers for the last word. */
function offered(...words: readonly string[]): readonly string[] {
  const quoted = words.map((word) => `'${word}'`).join(' ')
  const script = [
    completionScript('bash', SPECS),
    `COMP_WORDS=(quorate ${quoted}); COMP_CWORD=${words.length}`,
    '_quorate',
    'printf "%s\\n" "${' + 'COMPREPLY[@]}"',
  ]
  return bash(script.join('\n'))
    .split('\n')
    .filter((line) => line !== '')
}

describe('completion for bash', () => {
  it('is registered for the command', () => {
    const text = bash(`${completionScript('bash', SPECS)}\ncomplete -p quorate`)
    assert.equal(text.trim(), 'complete -F _quorate quorate')
  })

  it('offers commands, and second words of those that have them', () => {
    assert.deepEqual(offered('l'), ['list', 'lease', 'lock', 'log'])
    assert.deepEqual(offered('wat'), ['watch'])
    assert.deepEqual(offered('help', 'dev'), ['dev'])
    const seconds = ['grant', 'keepalive', 'revoke', 'ttl', 'list', '--help']
    assert.deepEqual(offered('lease', ''), seconds)
  })

  it('offers the options of the command', () => {
    assert.deepEqual(offered('list', '--k'), ['--keys-only', '--key'])
    assert.deepEqual(offered('lease', 'ttl', '--keys'), ['--keys'])
    assert.deepEqual(offered('put', 'a', '--if'), ['--if-absent', '--if-revision'])
  })

  it('offers values that are known', () => {
    assert.deepEqual(offered('list', '--color', 'a'), ['auto', 'always'])
    assert.deepEqual(offered('bench', '--mix', ''), ['write', 'read', 'mixed'])
    assert.deepEqual(offered('completion', ''), ['bash', 'zsh', 'fish'])
  })

  it('offers files and directories where they are meant', () => {
    assert.ok(offered('put', 'a', '--file', 'package.j').includes('package.json'))
    assert.deepEqual(offered('doctor', '--data', 'src/cl'), ['src/cli', 'src/client'])
    assert.deepEqual(offered('put', 'a', '--ttl', ''), [])
  })

  it('offers programs behind --', () => {
    assert.ok(offered('lock', 'a', '--', 'bas').includes('bash'))
  })
})

const [hasZsh, hasFish] = ['zsh', 'fish'].map(
  (shell) => spawnSync(shell, ['--version']).status === 0,
)

describe('completion for zsh and fish', () => {
  for (const [shell, has] of [
    ['zsh', hasZsh],
    ['fish', hasFish],
  ] as const) {
    if (has !== true) continue
    it(`is read by ${shell} without a complaint`, () => {
      const words = ['-n', '-c', completionScript(shell, SPECS)]
      const { status, stderr } = spawnSync(shell, words, { encoding: 'utf8' })
      assert.deepEqual([status, stderr], [0, ''])
    })
  }

  if (hasFish === true) {
    it('is what fish offers', () => {
      const asked = ['le', 'lease k', 'list --keys', 'bench --mix r'].map(
        (words) => `complete -C 'quorate ${words}'`,
      )
      const script = [completionScript('fish', SPECS), ...asked].join('\n')
      const { stdout } = spawnSync('fish', ['-c', script], { encoding: 'utf8' })
      const offers = stdout.trim().split('\n')
      const words = offers.map((line) => line.split('\t')[0])
      assert.deepEqual(words, ['lease', 'keepalive', '--keys-only', 'read'])
    })
  }

  it('names every command and option', () => {
    const zsh = completionScript('zsh', SPECS)
    const fish = completionScript('fish', SPECS)
    for (const { name, options } of SPECS) {
      assert.ok(zsh.includes(`'${name}')`), name)
      const last = name.split(' ').at(-1)
      assert.ok(fish.includes(` -a ${last} `), name)
      for (const option of Object.keys(options)) {
        const long = spelled(option)
        assert.ok(zsh.includes(`'${long}[`), `${name} ${long}`)
        assert.ok(fish.includes(`-l ${long.slice(2)} `), `${name} ${long}`)
      }
    }
  })

  it('closes every quotation mark', () => {
    for (const shell of ['zsh', 'fish'] as const) {
      for (const line of completionScript(shell, SPECS).split('\n')) {
        if (line.startsWith('#')) continue
        // What is escaped inside is written as '\'' for zsh and as \' for fish.
        const marks = line.replaceAll("\\'", '').replaceAll("'\\''", '').split("'").length - 1
        assert.equal(marks % 2, 0, line)
      }
    }
  })
})
