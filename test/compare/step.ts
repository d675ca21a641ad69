/** One thing that is done to both servers, whose outcomes must be alike. */

export type Program = 'etcdctl' | 'curl'

export interface RunStep {
  readonly kind: 'run'
  readonly program: Program
  readonly words: readonly string[]
  readonly input?: string
  /** What later steps refer to as `{name}`: the first group of the pattern in what was printed. */
  readonly capture?: { readonly name: string; readonly pattern: RegExp }
  /** Lines come in no order that anybody promised. */
  readonly unordered?: boolean
  /** Only the exit code and that it printed something: what it says is a measurement. */
  readonly codeOnly?: boolean
  /** Debian's etcd is 3.4; why we answer otherwise, as etcd 3.6 does. */
  readonly newer?: string
}

/** Goes on in the background until it is stopped. */
export interface StartStep {
  readonly kind: 'start'
  readonly program: Program
  readonly as: string
  readonly words: readonly string[]
  readonly input?: string
}

/** Until it has printed so many lines, or has ended. */
export interface WaitStep {
  readonly kind: 'wait'
  readonly for: string
  readonly lines: number
}

/** Ends it as Ctrl-C would, and compares all that it has printed. */
export interface StopStep {
  readonly kind: 'stop'
  readonly what: string
}

export type Step = RunStep | StartStep | WaitStep | StopStep

export interface RunOptions extends Omit<RunStep, 'kind' | 'program' | 'words'> {}

/** `run('get a --prefix')`; words that hold blanks are given as a list. */
export function run(words: string | readonly string[], options: RunOptions = {}): RunStep {
  return { kind: 'run', program: 'etcdctl', words: split(words), ...options }
}

export function start(as: string, words: string | readonly string[], input?: string): StartStep {
  const step = { kind: 'start', program: 'etcdctl', as, words: split(words) } as const
  return input === undefined ? step : { ...step, input }
}

export function wait(name: string, lines: number): WaitStep {
  return { kind: 'wait', for: name, lines }
}

export function stop(what: string): StopStep {
  return { kind: 'stop', what }
}

/** A request to the JSON gateway; answers with its body and, on a line of its own, its status. */
export function post(path: string, body: string, options: RunOptions = {}): RunStep {
  return curl(['--request', 'POST', '--data-binary', body, `{url}${path}`], options)
}

export function curl(words: readonly string[], options: RunOptions = {}): RunStep {
  return { kind: 'run', program: 'curl', words, ...options }
}

/** A request whose answer goes on until it is stopped. */
export function startPost(as: string, path: string, body: string): StartStep {
  const words = ['--no-buffer', '--request', 'POST', '--data-binary', body, `{url}${path}`]
  return { kind: 'start', program: 'curl', as, words }
}

function split(words: string | readonly string[]): readonly string[] {
  return typeof words === 'string' ? words.split(' ') : words
}
