/** Every name of every file, and what a name means at a place. */

import { type Enumeration, type Message, type ProtoFile, ProtoProblem } from './model.ts'

export type Declared =
  | { readonly kind: 'message'; readonly file: ProtoFile; readonly message: Message }
  | { readonly kind: 'enum'; readonly file: ProtoFile; readonly enumeration: Enumeration }

export class Names {
  readonly #declared = new Map<string, Declared>()
  readonly #files: ReadonlyMap<string, ProtoFile>

  constructor(files: readonly ProtoFile[]) {
    this.#files = new Map(files.map((file) => [file.name, file]))
    for (const file of files) {
      for (const message of allMessages(file)) {
        this.#add(file, message.fullName, { kind: 'message', file, message })
      }
      for (const enumeration of allEnums(file)) {
        this.#add(file, enumeration.fullName, { kind: 'enum', file, enumeration })
      }
      for (const name of file.imports) this.imported(file, name)
    }
  }

  imported(file: ProtoFile, name: string): ProtoFile {
    const target = this.#files.get(name)
    if (target !== undefined) return target
    throw new ProtoProblem(`there is no ${name} to import`, { file: file.name, line: 1 })
  }

  /** From the innermost scope outwards, as C++ would look it up. */
  find(type: string, scope: string, at: { file: ProtoFile; line: number }): Declared {
    const parts = type.startsWith('.') ? [] : scope.split('.')
    const name = type.replace(/^\./, '')
    for (let count = parts.length; count >= 0; count--) {
      const found = this.#declared.get([...parts.slice(0, count), name].join('.'))
      if (found === undefined) continue
      if (found.file === at.file || at.file.imports.includes(found.file.name)) return found
      const text = `${type} is declared in ${found.file.name}, which is not imported`
      throw new ProtoProblem(text, { file: at.file.name, line: at.line })
    }
    throw new ProtoProblem(`${type} is not declared`, { file: at.file.name, line: at.line })
  }

  #add(file: ProtoFile, fullName: string, declared: Declared): void {
    if (this.#declared.has(fullName)) {
      throw new ProtoProblem(`${fullName} is declared twice`, { file: file.name, line: 1 })
    }
    this.#declared.set(fullName, declared)
  }
}

export function allMessages(file: ProtoFile): Message[] {
  const inside = (message: Message): Message[] => [message, ...message.messages.flatMap(inside)]
  return file.messages.flatMap(inside)
}

export function allEnums(file: ProtoFile): Enumeration[] {
  return [...file.enums, ...allMessages(file).flatMap((message) => message.enums)]
}
