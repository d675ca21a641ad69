import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ETCD_FLAGS } from './etcd-flags.ts'
import { initialFile } from './initial-file.ts'
import { type NodeOutcome, type NodeSources, originText, readNodeSources } from './node-sources.ts'
import { readNodeWords } from './node-words.ts'
import { problemText } from './problems.ts'
import { flagOf, SETTING_NAMES, type SettingName, settingOf, variableOf } from './settings.ts'
import { SAMPLES, type Sample, type Samples } from './testing/values.ts'
import { readYaml } from './yaml-text.ts'

const FILE = 'quorate.yaml'

/** Whatever else has to be said: the same for every source. */
function besides(
  name: SettingName,
  { beside = {} }: Samples,
  own?: Sample,
): ReadonlyMap<SettingName, string> {
  const said = Object.entries({ 'data.directory': '/d/data', ...beside, ...own?.beside })
  return new Map(said.filter(([one]) => one !== name) as [SettingName, string][])
}

/** With what that needs beside it. */
function given(name: SettingName, { text, beside = {} }: Sample): ReadonlyMap<SettingName, string> {
  return new Map([...(Object.entries(beside) as [SettingName, string][]), [name, text]])
}

/** Sections of a file, as JSON, which is YAML. */
function fileText(values: ReadonlyMap<SettingName, unknown>): string {
  const root: Record<string, unknown> = {}
  for (const [name, value] of values) {
    let section = root
    const words = name.split('.')
    for (const word of words.slice(0, -1)) {
      section[word] ??= {}
      section = section[word] as Record<string, unknown>
    }
    section[words.at(-1) ?? ''] = value
  }
  return JSON.stringify(root, null, 1)
}

interface Said {
  readonly inFile?: ReadonlyMap<SettingName, unknown>
  readonly inEnvironment?: ReadonlyMap<SettingName, string>
  readonly asFlags?: ReadonlyMap<SettingName, string>
}

function read({ inFile = new Map(), inEnvironment = new Map(), asFlags = new Map() }: Said) {
  const words = [...asFlags].flatMap(([name, text]) => [`${flagOf(name)}=${text}`])
  const flags = readNodeWords(words, { values: [], switches: [] })
  assert.deepEqual(flags.problems, [])
  const environment = Object.fromEntries(
    [...inEnvironment].map(([name, text]) => [variableOf(name), text]),
  )
  const sources: NodeSources = {
    file: { name: FILE, text: fileText(inFile) },
    environment,
    settings: flags.settings,
  }
  return readNodeSources(sources)
}

function shownBy(outcome: NodeOutcome, name: SettingName): unknown {
  assert.equal(outcome.kind, 'read', JSON.stringify(outcome))
  return settingOf(name).of(outcome.config)
}

function originIn(outcome: NodeOutcome, name: SettingName): string {
  assert.equal(outcome.kind, 'read', JSON.stringify(outcome))
  const origin = outcome.origins.get(name)
  assert.ok(origin !== undefined)
  return originText(origin)
}

describe('every setting', () => {
  for (const name of SETTING_NAMES) {
    const samples = SAMPLES[name]

    it(`${name} can be said in a file, as a variable and as a flag, and means the same`, () => {
      for (const sample of samples.right) {
        const { text, inFile = text, shown } = sample
        const others = besides(name, samples, sample)
        const one = new Map([[name, text]])
        const outcomes = [
          read({ inFile: new Map([...others, [name, inFile]]) }),
          read({ inFile: new Map([...others, [name, text]]) }),
          read({ inFile: others, inEnvironment: one }),
          read({ inFile: others, asFlags: one }),
        ]
        for (const outcome of outcomes) assert.deepEqual(shownBy(outcome, name), shown)
        assert.match(originIn(outcomes[0] as NodeOutcome, name), /^line \d+ of quorate.yaml$/)
        assert.equal(originIn(outcomes[2] as NodeOutcome, name), variableOf(name))
        assert.equal(originIn(outcomes[3] as NodeOutcome, name), flagOf(name))
      }
    })

    it(`${name}: a variable counts over a file, and a flag over both`, () => {
      const [first, second] = samples.right
      const others = besides(name, samples, first)
      const inFile = new Map<SettingName, unknown>([...others, [name, first.text]])
      const other = given(name, second)
      const overFile = read({ inFile, inEnvironment: other })
      assert.deepEqual(shownBy(overFile, name), second.shown)
      const inEnvironment = given(name, first)
      const overBoth = read({ inFile, inEnvironment, asFlags: other })
      assert.deepEqual(shownBy(overBoth, name), second.shown)
      assert.equal(originIn(overBoth, name), flagOf(name))
      // An empty variable says nothing.
      const empty = read({ inFile, inEnvironment: new Map([[name, '']]) })
      assert.deepEqual(shownBy(empty, name), first.shown)
    })

    it(`${name} is what the table says when nobody says anything, and its example is right`, () => {
      const { kind, defaultText, fallback, example } = settingOf(name)
      if (defaultText !== '') assert.deepEqual(kind.parse(defaultText), fallback)
      assert.notEqual(kind.parse(example), null, example)
    })

    it(`${name} is written into a first file as it was said`, () => {
      const [first] = samples.right
      const { text, shown } = first
      const said = new Map(
        [...besides(name, samples, first), [name, text] as const].map(([one, value]) => {
          return [one, { value, flag: flagOf(one) }] as const
        }),
      )
      const made = { name: FILE, text: initialFile(said) }
      const outcome = readNodeSources({ file: made, environment: {}, settings: new Map() })
      assert.deepEqual(shownBy(outcome, name), shown)
    })
  }

  it('has a name of its own among variables and flags', () => {
    assert.equal(new Set(SETTING_NAMES.map(variableOf)).size, SETTING_NAMES.length)
    assert.equal(new Set(SETTING_NAMES.map(flagOf)).size, SETTING_NAMES.length)
    assert.equal(
      variableOf('client.tls.requireCertificate'),
      'QUORATE_CLIENT_TLS_REQUIRE_CERTIFICATE',
    )
    assert.equal(flagOf('client.tls.requireCertificate'), '--client-tls-require-certificate')
  })
})

interface Bad {
  readonly name: SettingName
  readonly said: Said
  /** What is shown of it. */
  readonly value: string
  readonly place: RegExp
  /** It is shown without quotes around it. */
  readonly isStructure?: boolean
}

function badInputs(): readonly Bad[] {
  return SETTING_NAMES.flatMap((name) => {
    const samples = SAMPLES[name]
    const others = besides(name, samples, samples.right[1])
    const inFile = [...samples.wrong, ...(samples.wrongInFile ?? [])].map((raw): Bad => {
      const value = typeof raw === 'string' ? raw : JSON.stringify(raw)
      const isStructure = typeof raw === 'object'
      const said = { inFile: new Map([...others, [name, raw]]) }
      return { name, said, value, isStructure, place: /^line \d+ of quorate.yaml$/ }
    })
    const elsewhere = samples.wrong.flatMap((value): Bad[] => {
      const one = new Map([[name, value]])
      return [
        {
          ...{ name, value, place: new RegExp(`^${variableOf(name)}$`) },
          said: { inFile: others, inEnvironment: one },
        },
        {
          ...{ name, value, place: new RegExp(`^${flagOf(name)}$`) },
          said: { inFile: others, asFlags: one },
        },
      ]
    })
    return [...inFile, ...elsewhere]
  })
}

/** Of a map as a file has it. */
function meant(example: string): unknown {
  if (!example.startsWith('{')) return example
  const yaml = readYaml(example)
  return yaml.kind === 'read' ? yaml.file.value : null
}

describe('a value that is wrong', () => {
  const bad = badInputs()

  it('is tried in more than a hundred ways', () => {
    assert.ok(bad.length >= 300, `${bad.length}`)
    const distinct = new Set(bad.map(({ name, value }) => `${name} ${value}`))
    assert.ok(distinct.size >= 120, `${distinct.size}`)
  })

  for (const { name, said, value, place, isStructure = false } of bad) {
    const from = 'asFlags' in said ? 'a flag' : 'inEnvironment' in said ? 'a variable' : 'a file'
    it(`${name} ${JSON.stringify(value).slice(0, 60)} from ${from} is told with its place`, () => {
      const outcome = read(said)
      assert.equal(outcome.kind, 'wrong', 'it is refused')
      assert.equal(outcome.problems.length, 1, JSON.stringify(outcome.problems))
      const [problem] = outcome.problems
      assert.ok(problem !== undefined && problem.wanted !== null)
      const [, setting, where = ''] = /^(\S+) \((.*)\)$/.exec(problem.where) ?? []
      assert.equal(setting, name)
      assert.match(where, place)
      assert.equal(problem.value, value)
      const { kind } = settingOf(name)
      const { example = null } = problem
      // Where an example is given, it would have been right.
      if (example !== null) assert.notEqual(kind.parse(meant(example)), null, example)
      else assert.ok(kind.isListed === true || problem.wanted.startsWith('at most'), problem.wanted)
      const quoted = isStructure ? value : JSON.stringify(value)
      assert.ok(problemText(problem).startsWith(`${name} (${where}) is ${quoted}: `))
    })
  }
})

describe('a flag of etcd', () => {
  const flags = SETTING_NAMES.map(flagOf)
  const nearOf = (name: string): string | null | undefined =>
    readNodeWords([`--${name}`, 'x'], { values: [], switches: ['check', 'json'] }).problems[0]?.near

  it('is answered with what is called so here, or with nothing', () => {
    const unknown = [...ETCD_FLAGS.keys()].filter((name) => !flags.includes(`--${name}`))
    const answered = unknown.flatMap((name) => nearOf(name) ?? [])
    assert.ok(answered.length >= 28, answered.join())
    for (const near of answered) assert.ok(flags.includes(near), near)
    assert.equal(nearOf('data-dir'), '--data-directory')
    assert.equal(nearOf('listen-client-urls'), '--client-listen')
    assert.equal(nearOf('initial-cluster'), '--cluster-members')
    assert.equal(nearOf('force-new-cluster'), null)
  })
})
