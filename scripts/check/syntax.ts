/**
 * Turns source texts into facts, with TypeScript's own parser.
 */

import path from 'node:path'
import type {
  Argument,
  Call,
  FunctionFact,
  Import,
  Module,
  TableRow,
  TextFile,
  Word,
} from './model.ts'
import { is, type Node, parseEach, type SourceFile, SyntaxKind } from './parser.ts'

/** Parses every TypeScript file of the list; other files are left out. */
export function parseModules(files: readonly TextFile[]): Module[] {
  const sources = files.filter((file) => file.path.endsWith('.ts'))
  const known = new Set(sources.map((source) => source.path))
  return parseEach(sources, (source, tree) => new Reader(source, tree, known).read())
}

type Scope = ReadonlySet<string>

class Reader {
  readonly #file: TextFile
  readonly #tree: SourceFile
  readonly #known: ReadonlySet<string>
  readonly #lineStarts: number[] = [0]
  readonly #imports: Import[] = []
  readonly #functions: FunctionFact[] = []
  readonly #calls: Call[] = []
  readonly #globals: Word[] = []
  readonly #accesses: Word[] = []
  readonly #keywords: Word[] = []
  readonly #classes: (Word & { readonly parent: string })[] = []
  readonly #tables = new Map<string, readonly TableRow[]>()
  readonly #mentions: string[] = []

  constructor(file: TextFile, tree: SourceFile, known: ReadonlySet<string>) {
    this.#file = file
    this.#tree = tree
    this.#known = known
    for (let at = file.text.indexOf('\n'); at >= 0; at = file.text.indexOf('\n', at + 1)) {
      this.#lineStarts.push(at + 1)
    }
  }

  read(): Module {
    for (const statement of this.#tree.statements) this.#readTopLevel(statement)
    const scope = new Set<string>()
    collectDeclared(this.#tree, scope)
    this.#visitChildren(this.#tree, scope)
    return {
      path: this.#file.path,
      text: this.#file.text,
      imports: this.#imports,
      functions: this.#functions,
      calls: this.#calls,
      globals: this.#globals,
      accesses: this.#accesses,
      keywords: this.#keywords,
      classes: this.#classes,
      tables: this.#tables,
      mentions: this.#mentions,
    }
  }

  #readTopLevel(statement: Node): void {
    if (is.isExportAssignment(statement)) this.#keyword('default', statement)
    if (hasModifier(statement, SyntaxKind.DefaultKeyword)) this.#keyword('default', statement)
    if (!is.isVariableStatement(statement)) return
    const list = statement.declarationList
    const head = this.#textOf(list).slice(0, 5)
    if (/^(let|var)\b/.test(head)) this.#keyword('let', list)
    for (const declaration of list.declarations) {
      const value = declaration.initializer && bare(declaration.initializer)
      if (value === undefined || !is.isObjectLiteralExpression(value)) continue
      const rows = value.properties.map((property) => ({
        key: this.#nameOf(property),
        line: this.#line(property),
        text: is.isPropertyAssignment(property) ? this.#textOf(property.initializer) : '',
      }))
      this.#tables.set(this.#textOf(declaration.name), rows)
    }
  }

  #visitChildren(node: Node, scope: Scope): void {
    node.forEachChild((child) => {
      this.#visit(child, node, scope)
    })
  }

  #visit(node: Node, parent: Node, scope: Scope): void {
    let inner = scope
    if (isFunction(node)) {
      const declared = new Set(scope)
      collectDeclared(node, declared)
      inner = declared
      this.#readFunction(node, parent)
    }
    if (is.isIdentifier(node)) this.#readIdentifier(node, parent, scope)
    else if (is.isImportDeclaration(node) || is.isExportDeclaration(node)) this.#readImport(node)
    else if (is.isCallExpression(node) || is.isNewExpression(node)) this.#readCall(node)
    else if (is.isImportTypeNode(node)) this.#readImportType(node)
    else if (is.isPropertyAccessExpression(node)) {
      this.#accesses.push({ name: compact(this.#textOf(node)), line: this.#line(node) })
    } else if (is.isStringLiteral(node)) this.#readString(node.text)
    else if (is.isClassDeclaration(node) || is.isClassExpression(node)) this.#readClass(node)
    else this.#readKeyword(node)
    this.#visitChildren(node, inner)
  }

  #readKeyword(node: Node): void {
    if (node.kind === SyntaxKind.AnyKeyword) this.#keyword('any', node)
    else if (node.kind === SyntaxKind.AsyncKeyword) this.#keyword('async', node)
    else if (node.kind === SyntaxKind.AwaitExpression) this.#keyword('await', node)
    else if (node.kind === SyntaxKind.EnumDeclaration) this.#keyword('enum', node)
    else if (is.isForOfStatement(node) && node.awaitModifier) this.#keyword('await', node)
  }

  #readIdentifier(node: Node, parent: Node, scope: Scope): void {
    if (isNameOnly(node, parent)) return
    const name = this.#textOf(node)
    if (!scope.has(name)) this.#globals.push({ name, line: this.#line(node) })
  }

  #readImport(node: Node): void {
    const { moduleSpecifier } = node as Node & { moduleSpecifier?: Node }
    if (moduleSpecifier === undefined || !is.isStringLiteral(moduleSpecifier)) return
    // `import { type A }` still runs the other module; only `import type` leaves nothing behind.
    const typeOnly = /^(import|export)\s+type\b(?!\s*(,|from\b))/.test(this.#textOf(node))
    this.#addImport(moduleSpecifier.text, node, typeOnly)
  }

  #readImportType(node: Node): void {
    const specifier = /^(?:typeof\s+)?import\(\s*['"]([^'"]+)['"]/.exec(this.#textOf(node))?.[1]
    if (specifier !== undefined) this.#addImport(specifier, node, true)
  }

  #addImport(specifier: string, node: Node, typeOnly: boolean): void {
    this.#imports.push({
      specifier,
      typeOnly,
      line: this.#line(node),
      target: specifier.startsWith('.') ? this.#resolve(specifier) : null,
    })
  }

  #resolve(specifier: string): string {
    return path.posix.join(path.posix.dirname(this.#file.path), specifier)
  }

  #readString(text: string): void {
    if (!text.endsWith('.ts')) return
    for (const candidate of [this.#resolve(text), path.posix.normalize(text)]) {
      if (this.#known.has(candidate)) this.#mentions.push(candidate)
    }
  }

  #readCall(node: Node): void {
    const { expression, arguments: given = [] } = node as Node & {
      expression: Node
      arguments?: readonly Node[]
    }
    const first = given[0]
    if (expression.kind === SyntaxKind.ImportKeyword && first && is.isStringLiteral(first)) {
      this.#addImport(first.text, node, false)
    }
    this.#calls.push({
      callee: compact(this.#textOf(expression)),
      line: this.#line(node),
      isNew: is.isNewExpression(node),
      arguments: given.map((argument) => this.#argument(argument)),
    })
  }

  #argument(node: Node): Argument {
    if (is.isStringLiteral(node)) return { kind: 'string', text: node.text, keys: [] }
    if (node.kind === SyntaxKind.NoSubstitutionTemplateLiteral) {
      return { kind: 'template', text: '', keys: [] }
    }
    if (is.isTemplateExpression(node)) return { kind: 'template', text: '', keys: [] }
    if (!is.isObjectLiteralExpression(node)) return { kind: 'other', text: '', keys: [] }
    const keys = node.properties.map((entry) => this.#nameOf(entry))
    return { kind: 'object', text: '', keys }
  }

  #readClass(node: Node): void {
    const { heritageClauses = [] } = node as Node & { heritageClauses?: readonly Node[] }
    const clause = heritageClauses.find((candidate) =>
      this.#textOf(candidate).startsWith('extends'),
    )
    const parent = clause === undefined ? '' : this.#textOf(clause).replace(/^extends\s+/, '')
    this.#classes.push({ name: this.#nameOf(node), line: this.#line(node), parent })
  }

  #readFunction(node: Node, parent: Node): void {
    const { name, body, parameters } = node as Node & {
      name?: Node
      body?: Node
      parameters: readonly Node[]
    }
    // A signature without a body, or an arrow that is one expression, still counts its parameters.
    const holder = is.isVariableDeclaration(parent) || is.isPropertyDeclaration(parent)
    const label = name ?? (holder ? parent.name : undefined)
    if (body === undefined && !is.isFunctionDeclaration(node)) return
    const first = this.#line(node)
    const isConstructor = node.kind === SyntaxKind.Constructor
    const callee = is.isCallExpression(parent) ? compact(this.#textOf(parent.expression)) : ''
    this.#functions.push({
      name: isConstructor ? 'constructor' : label ? this.#textOf(label) : '(callback)',
      line: first,
      lines: body === undefined ? 1 : this.#lineAt(node.end) - first + 1,
      parameters: parameters.length,
      exported: this.#isExported(node, parent),
      named: isConstructor || label !== undefined,
      suite: /^(describe|suite)\b/.test(callee),
    })
  }

  #isExported(node: Node, parent: Node): boolean {
    if (is.isFunctionDeclaration(node)) return hasModifier(node, SyntaxKind.ExportKeyword)
    const statement = is.isVariableDeclaration(parent) ? parent.parent?.parent : undefined
    return statement !== undefined && hasModifier(statement, SyntaxKind.ExportKeyword)
  }

  #keyword(name: string, node: Node): void {
    this.#keywords.push({ name, line: this.#line(node) })
  }

  #nameOf(node: Node): string {
    const { name } = node as Node & { name?: Node }
    return name === undefined ? '' : this.#textOf(name)
  }

  #textOf(node: Node): string {
    return this.#file.text.slice(this.#start(node), node.end)
  }

  #start(node: Node): number {
    return node.getStart(this.#tree)
  }

  #line(node: Node): number {
    return this.#lineAt(this.#start(node))
  }

  #lineAt(position: number): number {
    let low = 0
    let high = this.#lineStarts.length
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      if ((this.#lineStarts[middle] ?? 0) <= position) low = middle
      else high = middle
    }
    return low + 1
  }
}

const FUNCTION_KINDS: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.FunctionDeclaration,
  SyntaxKind.FunctionExpression,
  SyntaxKind.ArrowFunction,
  SyntaxKind.MethodDeclaration,
  SyntaxKind.MethodSignature,
  SyntaxKind.Constructor,
  SyntaxKind.GetAccessor,
  SyntaxKind.SetAccessor,
  SyntaxKind.FunctionType,
  SyntaxKind.ConstructorType,
  SyntaxKind.CallSignature,
  SyntaxKind.ConstructSignature,
  SyntaxKind.IndexSignature,
])

function isFunction(node: Node): boolean {
  return FUNCTION_KINDS.has(node.kind)
}

const DECLARING_KINDS: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.VariableDeclaration,
  SyntaxKind.Parameter,
  SyntaxKind.BindingElement,
  SyntaxKind.FunctionDeclaration,
  SyntaxKind.FunctionExpression,
  SyntaxKind.ClassDeclaration,
  SyntaxKind.ClassExpression,
  SyntaxKind.InterfaceDeclaration,
  SyntaxKind.TypeAliasDeclaration,
  SyntaxKind.EnumDeclaration,
  SyntaxKind.ModuleDeclaration,
  SyntaxKind.TypeParameter,
  SyntaxKind.ImportSpecifier,
  SyntaxKind.ImportClause,
  SyntaxKind.NamespaceImport,
])

/** Adds what `node` declares for everything inside it; nested functions keep their own. */
function collectDeclared(node: Node, into: Set<string>): void {
  const collect = (child: Node): void => {
    const { name } = child as Node & { name?: Node }
    if (DECLARING_KINDS.has(child.kind) && name && is.isIdentifier(name)) into.add(name.text)
    if (!isFunction(child)) child.forEachChild(collect)
  }
  node.forEachChild(collect)
}

const MEMBER_KINDS: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.PropertyAccessExpression,
  SyntaxKind.PropertyAssignment,
  SyntaxKind.PropertyDeclaration,
  SyntaxKind.PropertySignature,
  SyntaxKind.MethodDeclaration,
  SyntaxKind.MethodSignature,
  SyntaxKind.GetAccessor,
  SyntaxKind.SetAccessor,
  SyntaxKind.EnumMember,
  SyntaxKind.NamedTupleMember,
  SyntaxKind.ImportAttribute,
])

/** True when an identifier only names something here: a member, a declaration, an import. */
function isNameOnly(node: Node, parent: Node): boolean {
  const { name, propertyName, right } = parent as Node & {
    name?: Node
    propertyName?: Node
    right?: Node
  }
  if (propertyName === node) return true
  if (is.isExportSpecifier(parent) || is.isMetaProperty(parent)) return true
  if (is.isQualifiedName(parent)) return right === node
  return name === node && (MEMBER_KINDS.has(parent.kind) || DECLARING_KINDS.has(parent.kind))
}

function hasModifier(node: Node, kind: SyntaxKind): boolean {
  const { modifiers = [] } = node as Node & { modifiers?: readonly Node[] }
  return modifiers.some((modifier) => modifier.kind === kind)
}

/** Without `as const`, `satisfies` and brackets. */
function bare(node: Node): Node {
  if (is.isAsExpression(node) || is.isSatisfiesExpression(node)) return bare(node.expression)
  return is.isParenthesizedExpression(node) ? bare(node.expression) : node
}

function compact(text: string): string {
  return text.replace(/\s+/g, '')
}
