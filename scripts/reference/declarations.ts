/** What a folder of sources offers to others, with the comments that explain it. */

import path from 'node:path'
import type { TextFile } from '../check/model.ts'
import { is, type Node, parseEach, type SourceFile, SyntaxKind } from '../check/parser.ts'

export interface Member {
  readonly name: string
  /** On one line. */
  readonly signature: string
  readonly comment: string
}

export interface Declaration extends Member {
  readonly kind: 'interface' | 'type' | 'function' | 'const' | 'class'
  /** Where it is declared. */
  readonly path: string
  readonly members: readonly Member[]
}

/** The name of the member that makes one of a class. */
export const CONSTRUCTOR = 'constructor'

interface Source {
  readonly declarations: ReadonlyMap<string, Declaration>
  /** What it passes on from another file; null: everything. */
  readonly passed: readonly { readonly from: string; readonly names: readonly string[] | null }[]
}

/** In the order of the entry, and within a file in that of the file. */
export function declarationsOf(files: readonly TextFile[], entry: string): readonly Declaration[] {
  const folder = `${path.posix.dirname(entry)}/`
  const own = files.filter((file) => {
    return file.path.startsWith(folder) && /(?<!\.test)\.ts$/.test(file.path)
  })
  const read = parseEach(own, (file, tree) => new SourceReader(file, tree).read())
  const sources = new Map(own.map((file, i) => [file.path, read[i]]))
  return offered(sources, entry)
}

function offered(
  sources: ReadonlyMap<string, Source | undefined>,
  file: string,
): readonly Declaration[] {
  const source = sources.get(file)
  if (source === undefined) return []
  const passed = source.passed.flatMap(({ from, names }) =>
    offered(sources, from).filter(({ name }) => names === null || names.includes(name)),
  )
  return [...passed, ...source.declarations.values()]
}

type Parts = Node & {
  readonly name?: Node
  readonly members?: readonly Node[]
  readonly body?: Node
  readonly initializer?: Node
  readonly type?: Node
  readonly modifiers?: readonly Node[]
  readonly properties?: readonly Node[]
  readonly expression?: Node
}

class SourceReader {
  readonly #file: TextFile
  readonly #tree: SourceFile
  readonly #declarations = new Map<string, Declaration>()
  readonly #passed: { from: string; names: readonly string[] | null }[] = []

  constructor(file: TextFile, tree: SourceFile) {
    this.#file = file
    this.#tree = tree
  }

  read(): Source {
    for (const statement of this.#tree.statements) {
      if (is.isExportDeclaration(statement)) this.#readExport(statement)
      else if (isExported(statement)) this.#readStatement(statement)
    }
    return { declarations: this.#declarations, passed: this.#passed }
  }

  #readExport(statement: Node): void {
    const text = this.#textOf(statement)
    const specifier = /from\s+'(\.[^']+)'/.exec(text)?.[1]
    if (specifier === undefined) return
    const list = /\{([^}]*)\}/.exec(text)?.[1]
    const names = list
      ?.split(',')
      .map((one) => one.trim().replace(/^type\s+/, ''))
      .filter((one) => one !== '')
    const from = path.posix.join(path.posix.dirname(this.#file.path), specifier)
    this.#passed.push({ from, names: names ?? null })
  }

  #readStatement(node: Parts): void {
    if (is.isInterfaceDeclaration(node)) this.#add(node, 'interface', this.#members(node))
    else if (is.isTypeAliasDeclaration(node)) this.#add(node, 'type')
    else if (is.isFunctionDeclaration(node)) this.#add(node, 'function')
    else if (is.isClassDeclaration(node)) this.#add(node, 'class', this.#members(node))
    else if (is.isVariableStatement(node)) this.#readConstants(node)
  }

  #readConstants(statement: Node & { readonly declarationList?: Node }): void {
    const { declarations = [] } = (statement.declarationList ?? {}) as {
      declarations?: readonly Parts[]
    }
    for (const declaration of declarations) {
      const name = this.#nameOf(declaration)
      const value = bare(declaration.initializer)
      const members =
        declaration.type === undefined && value !== undefined && is.isObjectLiteralExpression(value)
          ? ((value as Parts).properties?.map((one) => this.#property(one)) ?? [])
          : []
      const type = declaration.type === undefined ? '' : `: ${this.#lineOf(declaration.type)}`
      this.#declarations.set(name, {
        ...{ name, kind: 'const', path: this.#file.path, members },
        signature: `const ${name}${type}`,
        comment: this.#commentOf(statement),
      })
    }
  }

  #property(node: Parts): Member {
    const name = this.#nameOf(node)
    const value = node.initializer as Parts | undefined
    const head = value?.body === undefined ? '' : this.#upTo(value, value.body)
    const signature = `${name}${oneLine(head).replace(/\s*=>$/, '')}`
    return { name, signature, comment: this.#commentOf(node) }
  }

  #add(node: Parts, kind: Declaration['kind'], members: readonly Member[] = []): void {
    const name = this.#nameOf(node)
    const signature = this.#signatureOf(node, kind).replace(/^export\s+(async\s+)?/, '')
    const comment = this.#commentOf(node)
    // Overloads of a function are declared one by one.
    const before = this.#declarations.get(name)
    const all = kind === 'function' && before !== undefined ? `${before.signature}\n` : ''
    this.#declarations.set(name, {
      ...{ name, kind, members, path: this.#file.path },
      signature: `${all}${signature}`,
      comment: comment === '' ? (before?.comment ?? '') : comment,
    })
  }

  #signatureOf(node: Parts, kind: Declaration['kind']): string {
    if (kind === 'type') return this.#textOf(node)
    if (kind === 'function') return oneLine(this.#upTo(node, node.body))
    const [first] = node.members ?? []
    const head =
      first === undefined ? this.#textOf(node) : this.#file.text.slice(this.#start(node), first.pos)
    return oneLine(head).replace(/\s*\{\s*\}?$/, '')
  }

  #members(node: Parts): readonly Member[] {
    return (node.members ?? []).filter(isPublic).map((member: Parts) => {
      const isConstructor = is.isConstructorDeclaration(member)
      const name = isConstructor ? CONSTRUCTOR : this.#nameOf(member)
      const end = member.body ?? member.initializer
      const head = oneLine(this.#upTo(member, end)).replace(/\s*=$/, '')
      const signature = head.replace(/^((override|readonly|public)\s+)+/, '').replace(/;$/, '')
      return { name, signature, comment: this.#commentOf(member) }
    })
  }

  #upTo(node: Node, end: Node | undefined): string {
    return this.#file.text.slice(this.#start(node), end === undefined ? node.end : this.#start(end))
  }

  /** The last comment before it, without its marks. */
  #commentOf(node: Node): string {
    const before = this.#file.text.slice(node.pos, this.#start(node))
    const comment = [...before.matchAll(/\/\*\*([\s\S]*?)\*\//g)].at(-1)?.[1] ?? ''
    const lines = comment.split('\n').map((line) => line.replace(/^\s*\* ?/, '').trimEnd())
    return lines.join('\n').trim()
  }

  #nameOf(node: Parts): string {
    return node.name === undefined ? '' : this.#textOf(node.name)
  }

  #lineOf(node: Node): string {
    return oneLine(this.#textOf(node))
  }

  #textOf(node: Node): string {
    return this.#file.text.slice(this.#start(node), node.end)
  }

  #start(node: Node): number {
    return node.getStart(this.#tree)
  }
}

function isExported(node: Node): boolean {
  const { modifiers = [] } = node as Parts
  return modifiers.some((modifier) => modifier.kind === SyntaxKind.ExportKeyword)
}

/** What others can say: it has a name of its own, or makes one of a class. */
function isPublic(node: Node): boolean {
  const { modifiers = [], name } = node as Parts
  const hidden = modifiers.some((modifier) => modifier.kind === SyntaxKind.PrivateKeyword)
  if (hidden) return false
  if (is.isConstructorDeclaration(node)) return true
  return name !== undefined && name.kind !== SyntaxKind.PrivateIdentifier
}

/** Without `as const`. */
function bare(node: Node | undefined): Node | undefined {
  const inner = (node as Parts | undefined)?.expression
  return node !== undefined && is.isAsExpression(node) && inner !== undefined ? bare(inner) : node
}

function oneLine(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/([([<]) /g, '$1')
    .replace(/,? ([)\]>])/g, '$1')
    .trim()
}
