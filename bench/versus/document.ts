/** `docs/performance.md`: everything in it comes from what was kept. */

import { count, fixed, latencies, NOTHING, perSecond } from './figure-text.ts'
import { SIZE_KEYS, SIZE_LOADS, sizeName, YARDSTICKS } from './load.ts'
import { minuteText, type SoakReport, soakVerdict, verdictText } from './soak-report.ts'
import { memoryRowsOf, type Row, type Run, rowsOf, type SampleSection } from './summary.ts'
import { rowCells, rowFailures } from './table.ts'
import { targetRows } from './targets.ts'

/** A column of such cells stands to the right. */
const NUMBERS = /^[\d.,·/()% -]+$/

export interface Kept {
  readonly runs: readonly Run[]
  readonly soak: SoakReport | null
  readonly remarks: string
}

export function documentText({ runs, soak, remarks }: Kept): string {
  const rows = rowsOf(runs)
  const parts = [
    introduction(runs),
    targets({ runs, soak }),
    remarks.trim(),
    '![How many times as many requests as etcd](performance.svg)',
    requests(rows),
    steady(rows),
    byH2load(rows),
    own(rows),
    yardstick(rows),
    sizes(rows),
    memory(runs),
    written(rows),
    soakText(soak),
    failures(rows),
    everySample(runs),
    machines(runs),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

function introduction(runs: readonly Run[]): string {
  const [only] = runs
  const keys = [...new Set(runs.map((run) => count(run.keys)))].join(' or ')
  const source =
    runs.length === 1 && only !== undefined
      ? `\`${only.command}\` of ${only.date}, in ${countOf(only.rounds, 'round')}`
      : `${runs.length} runs, which are listed at the end: "every sample" tells which is of which`
  return `# Performance

Written from ${source}; all samples are in
[bench/results/versus.json](../bench/results/versus.json). Quorate and etcd are clusters of three
processes on the same machine and disk, one after the other in rounds that alternate, with synced
writes. The same program asks both with the same bytes over gRPC and has the same processors; how
much of one it takes is told beside ("generator"). Figures are medians over the rounds, each by
itself. Keys are random among ${keys}, all of which are there before anything is
measured; values have 256 bytes unless something else is said; \`10 x 100\` is ten connections with
a hundred requests under way on each. Processor time (µs) is that of all three servers for each
request.`
}

function countOf(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`
}

function targets({ runs, soak }: Omit<Kept, 'remarks'>): string {
  const rows = targetRows({ rows: rowsOf(runs), memory: memoryRowsOf(runs), soak })
  const reached = rows.filter(({ verdict }) => verdict === 'reached').length
  return `## What was aimed at

${reached} of ${rows.length} lines are reached. Multiples are of etcd's requests a second; what
falls short stands in bold.

${table(
  ['Load', 'Target', 'Measured', ''],
  rows.map(({ load, wanted, measured, verdict }) => [load, wanted, measured, verdict]),
)}`
}

const BESIDE = [
  ...['Load', 'etcd/s', 'Quorate/s', 'times', 'etcd p50/p99/p99.9 ms', 'Quorate p50/p99/p99.9 ms'],
  ...['etcd µs', 'Quorate µs', 'generator'],
]

function of(rows: readonly Row[], ...sections: readonly SampleSection[]): readonly Row[] {
  return rows.filter(({ section }) => sections.includes(section))
}

/** Nothing where nothing was measured. */
function section(title: string, text: string, rows: readonly (readonly string[])[]): string {
  const [head, ...lines] = rows
  if (head === undefined || lines.length === 0) return ''
  return `## ${title}\n\n${text}\n\n${table(head, lines)}`
}

function requests(rows: readonly Row[]): string {
  return section(
    'Beside etcd',
    'Distinct keys, asked by our own generator. For watchers an event that arrives counts as one.',
    [BESIDE, ...of(rows, 'requests', 'events').map(rowCells)],
  )
}

function steady(rows: readonly Row[]): string {
  return section(
    'At a given rate',
    `So many requests begin each second, whether others were answered or not; how long one takes
counts from when it was due. The generator looks for what is due each millisecond.`,
    [BESIDE, ...of(rows, 'steady').map(rowCells)],
  )
}

function byH2load(rows: readonly Row[]): string {
  return section(
    'The same bytes again and again, by h2load',
    'A generator that knows neither server, and always asks for the same key.',
    [BESIDE, ...of(rows, 'h2load').map(rowCells)],
  )
}

const ALONE = ['Load', 'a second', 'p50/p99/p99.9 ms', 'server µs', 'generator']

function alone({ load, quorate, redis }: Row): string[] {
  const measured = quorate ?? redis
  return [
    load,
    perSecond(measured),
    latencies(measured),
    fixed(measured?.serverMicros, 1),
    fixed(measured?.generatorCores, 2),
  ]
}

function own(rows: readonly Row[]): string {
  return section(
    'Doors of our own',
    'REST is asked by `wrk`; the native client is one connection, measured once it is compiled.',
    [ALONE, ...of(rows, 'own').map(alone)],
  )
}

function yardstick(rows: readonly Row[]): string {
  const lines = of(rows, 'yardstick').map((row) => {
    const shape = YARDSTICKS.find(({ name }) => name === row.load)
    const put = rows.find(({ load }) => load === `put ${shape?.connections} x ${shape?.inFlight}`)
    return [...alone(row), perSecond(put?.quorate ?? null)]
  })
  return section(
    'A yardstick: Redis',
    `One process, no replication, \`appendfsync always\`, asked by \`redis-benchmark\`: each
connection sends as many commands at once as the second number says, and waits for all of them.`,
    [[...ALONE, 'puts of Quorate, three nodes'], ...lines],
  )
}

function sizes(rows: readonly Row[]): string {
  const lines = SIZE_LOADS.map((load) => {
    const [few, many] = [SIZE_KEYS.few, SIZE_KEYS.many].map(
      (keys) => rows.find((row) => row.load === sizeName(load, keys))?.quorate ?? null,
    )
    const share = (many?.perSecond ?? Number.NaN) / (few?.perSecond ?? Number.NaN)
    const name = sizeName(load, SIZE_KEYS.few).replace(/ among .*/, '')
    return [name, perSecond(few ?? null), perSecond(many ?? null), `${fixed(share * 100, 0)}%`]
  }).filter((cells) => cells.slice(1).some((cell) => !cell.startsWith(NOTHING)))
  const head = [
    'Load',
    `/s among ${count(SIZE_KEYS.few)} keys`,
    `/s among ${count(SIZE_KEYS.many)}`,
  ]
  return section(
    'With many keys',
    'Two fresh clusters of Quorate, asked by turns; reads after ten seconds of them.',
    [[...head, 'kept'], ...lines],
  )
}

function memory(runs: readonly Run[]): string {
  return section(
    'Memory',
    `Resident memory of the process that holds most, when all keys were put and nothing else was
asked; in parentheses what of it is no part of a file.`,
    [
      ['Keys of 256 bytes', 'etcd MiB', 'Quorate MiB'],
      ...memoryRowsOf(runs).map(({ keys, etcd, quorate }) => [
        count(keys),
        ...[etcd, quorate].map(
          (one) => `${fixed(one?.residentMiB, 0)} (${fixed(one?.anonymousMiB, 0)})`,
        ),
      ]),
    ],
  )
}

function written(rows: readonly Row[]): string {
  const lines = of(rows, 'requests', 'h2load', 'own')
    .filter(({ etcd, quorate }) => (quorate ?? etcd)?.writtenPerByte != null)
    .map(({ load, etcd, quorate }) => [
      load,
      fixed(etcd?.writtenPerByte, 1),
      fixed(quorate?.writtenPerByte, 1),
    ])
  return section(
    'Bytes written',
    'To the disk, by all three servers, for each byte of a value that was put.',
    [['Load', 'etcd', 'Quorate'], ...lines],
  )
}

function soakText(soak: SoakReport | null): string {
  if (soak === null) return ''
  const { command, date, keys, minutes, machine } = soak
  return `## Under full write load for long

\`${command}\` of ${date} (${machine['Quorate'] ?? 'unknown'}): puts of 256 bytes, 10 x 100 through
all three nodes, keys random among ${count(keys)}, history compacted after a minute.
${verdictText(soakVerdict(soak))}.

\`\`\`text
${minutes.map(minuteText).join('\n')}
\`\`\``
}

function failures(rows: readonly Row[]): string {
  const lines = rows.flatMap(rowFailures)
  const text = lines.length === 0 ? 'No request failed.' : lines.map((one) => `- ${one}`).join('\n')
  return `## Failures\n\n${text}`
}

/** A slow one, too: nothing is left out. */
function everySample(runs: readonly Run[]): string {
  const lines = rowsOf(runs).map(({ load, run }) => {
    const samples = runs[run]?.samples.filter((sample) => sample.load === load) ?? []
    const of = (side: string): string =>
      samples
        .filter((sample) => sample.side === side)
        .map((sample) => count(sample.perSecond))
        .join(' · ') || NOTHING
    const quorate = of('quorate')
    const ours = quorate === NOTHING ? of('redis') : quorate
    return [load, of('etcd'), ours, ...(runs.length === 1 ? [] : [String(run + 1)])]
  })
  const head = ['Load', 'etcd', 'Quorate (Redis)', ...(runs.length === 1 ? [] : ['run'])]
  return section('Every sample', 'Requests a second in each round.', [head, ...lines])
}

function machines(runs: readonly Run[]): string {
  return runs
    .map(({ machine, command, date, rounds }, i) => {
      const title = runs.length === 1 ? 'The machine' : `Run ${i + 1}`
      const facts = { command: `\`${command}\``, date, rounds: String(rounds), ...machine }
      return `## ${title}\n\n${table(['', ''], Object.entries(facts))}`
    })
    .join('\n\n')
}

/** A pipe would end the cell, also in code. */
function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  const isNumbers = (at: number): boolean => lines.every((line) => NUMBERS.test(line[at] ?? ''))
  const rule = head.map((_, i) => (isNumbers(i) ? '--:' : '---'))
  return [row(head), row(rule), ...lines.map(row)].join('\n')
}
