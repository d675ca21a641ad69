// Made from proto/etcd/auth.proto
// Change that file, then: npm run generate

import { MessageCodec } from '../codec.ts'
import type { FileDescription } from '../description.ts'
import { EMPTY_BYTES, type WireReader } from '../reader.ts'
import {
  bytesLength,
  delimitedLength,
  int32Length,
  stringLength,
  writeBool,
  writeBytes,
  writeInt32,
  writeString,
  writeUint32,
} from '../writer.ts'

export const PermissionType = {
  READ: 0,
  WRITE: 1,
  READWRITE: 2,
} as const

export interface UserAddOptions {
  noPassword: boolean
}

export function createUserAddOptions(): UserAddOptions {
  return {
    noPassword: false,
  }
}

export function lengthOfUserAddOptions(value: UserAddOptions): number {
  let length = 0
  if (value.noPassword) {
    length += 1 + 1
  }
  return length
}

export function writeUserAddOptions(
  value: UserAddOptions,
  target: Uint8Array,
  offset: number,
): number {
  let at = offset
  if (value.noPassword) {
    target[at++] = 8
    at = writeBool(target, at, value.noPassword)
  }
  return at
}

export function readUserAddOptions(reader: WireReader, into: UserAddOptions): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 8:
        into.noPassword = reader.bool()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const UserAddOptions = new MessageCodec<UserAddOptions>({
  name: 'authpb.UserAddOptions',
  create: createUserAddOptions,
  length: lengthOfUserAddOptions,
  write: writeUserAddOptions,
  read: readUserAddOptions,
})

export interface User {
  name: Uint8Array
  password: Uint8Array
  roles: string[]
  options: UserAddOptions | null
}

export function createUser(): User {
  return {
    name: EMPTY_BYTES,
    password: EMPTY_BYTES,
    roles: [],
    options: null,
  }
}

export function lengthOfUser(value: User): number {
  let length = 0
  if (value.name.length > 0) {
    length += 1 + bytesLength(value.name)
  }
  if (value.password.length > 0) {
    length += 1 + bytesLength(value.password)
  }
  for (const one of value.roles) {
    length += 1 + stringLength(one)
  }
  if (value.options !== null) {
    length += 1 + delimitedLength(lengthOfUserAddOptions(value.options))
  }
  return length
}

export function writeUser(value: User, target: Uint8Array, offset: number): number {
  let at = offset
  if (value.name.length > 0) {
    target[at++] = 10
    at = writeBytes(target, at, value.name)
  }
  if (value.password.length > 0) {
    target[at++] = 18
    at = writeBytes(target, at, value.password)
  }
  for (const one of value.roles) {
    target[at++] = 26
    at = writeString(target, at, one)
  }
  if (value.options !== null) {
    target[at++] = 34
    at = writeUint32(target, at, lengthOfUserAddOptions(value.options))
    at = writeUserAddOptions(value.options, target, at)
  }
  return at
}

export function readUser(reader: WireReader, into: User): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        into.name = reader.bytes()
        break
      case 18:
        into.password = reader.bytes()
        break
      case 26:
        reader.element()
        into.roles.push(reader.string())
        break
      case 34: {
        const one = into.options ?? createUserAddOptions()
        into.options = one
        const outer = reader.enter()
        readUserAddOptions(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const User = new MessageCodec<User>({
  name: 'authpb.User',
  create: createUser,
  length: lengthOfUser,
  write: writeUser,
  read: readUser,
})

export interface Permission {
  permType: number
  key: Uint8Array
  rangeEnd: Uint8Array
}

export function createPermission(): Permission {
  return {
    permType: 0,
    key: EMPTY_BYTES,
    rangeEnd: EMPTY_BYTES,
  }
}

export function lengthOfPermission(value: Permission): number {
  let length = 0
  if (value.permType !== 0) {
    length += 1 + int32Length(value.permType)
  }
  if (value.key.length > 0) {
    length += 1 + bytesLength(value.key)
  }
  if (value.rangeEnd.length > 0) {
    length += 1 + bytesLength(value.rangeEnd)
  }
  return length
}

export function writePermission(value: Permission, target: Uint8Array, offset: number): number {
  let at = offset
  if (value.permType !== 0) {
    target[at++] = 8
    at = writeInt32(target, at, value.permType)
  }
  if (value.key.length > 0) {
    target[at++] = 18
    at = writeBytes(target, at, value.key)
  }
  if (value.rangeEnd.length > 0) {
    target[at++] = 26
    at = writeBytes(target, at, value.rangeEnd)
  }
  return at
}

export function readPermission(reader: WireReader, into: Permission): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 8:
        into.permType = reader.int32()
        break
      case 18:
        into.key = reader.bytes()
        break
      case 26:
        into.rangeEnd = reader.bytes()
        break
      default:
        reader.skip(tag)
    }
  }
}

export const Permission = new MessageCodec<Permission>({
  name: 'authpb.Permission',
  create: createPermission,
  length: lengthOfPermission,
  write: writePermission,
  read: readPermission,
})

export interface Role {
  name: Uint8Array
  keyPermission: Permission[]
}

export function createRole(): Role {
  return {
    name: EMPTY_BYTES,
    keyPermission: [],
  }
}

export function lengthOfRole(value: Role): number {
  let length = 0
  if (value.name.length > 0) {
    length += 1 + bytesLength(value.name)
  }
  for (const one of value.keyPermission) {
    length += 1 + delimitedLength(lengthOfPermission(one))
  }
  return length
}

export function writeRole(value: Role, target: Uint8Array, offset: number): number {
  let at = offset
  if (value.name.length > 0) {
    target[at++] = 10
    at = writeBytes(target, at, value.name)
  }
  for (const one of value.keyPermission) {
    target[at++] = 18
    at = writeUint32(target, at, lengthOfPermission(one))
    at = writePermission(one, target, at)
  }
  return at
}

export function readRole(reader: WireReader, into: Role): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 10:
        into.name = reader.bytes()
        break
      case 18: {
        reader.element()
        const one = createPermission()
        into.keyPermission.push(one)
        const outer = reader.enter()
        readPermission(reader, one)
        reader.leave(outer)
        break
      }
      default:
        reader.skip(tag)
    }
  }
}

export const Role = new MessageCodec<Role>({
  name: 'authpb.Role',
  create: createRole,
  length: lengthOfRole,
  write: writeRole,
  read: readRole,
})

export const AUTH_FILE: FileDescription = {
  name: 'etcd/auth.proto',
  dependencies: [],
  symbols: [
    'authpb.UserAddOptions',
    'authpb.User',
    'authpb.Permission',
    'authpb.Role',
    'authpb.Permission.Type',
  ],
  descriptor:
    'Cg9ldGNkL2F1dGgucHJvdG8SBmF1dGhwYiIxCg5Vc2VyQWRkT3B0aW9ucxIfCgtub19wYXNzd29yZBgBIAEoCFIKbm9Q' +
    'YXNzd29yZCJ+CgRVc2VyEhIKBG5hbWUYASABKAxSBG5hbWUSGgoIcGFzc3dvcmQYAiABKAxSCHBhc3N3b3JkEhQKBXJv' +
    'bGVzGAMgAygJUgVyb2xlcxIwCgdvcHRpb25zGAQgASgLMhYuYXV0aHBiLlVzZXJBZGRPcHRpb25zUgdvcHRpb25zIpwB' +
    'CgpQZXJtaXNzaW9uEjMKCHBlcm1UeXBlGAEgASgOMhcuYXV0aHBiLlBlcm1pc3Npb24uVHlwZVIIcGVybVR5cGUSEAoD' +
    'a2V5GAIgASgMUgNrZXkSGwoJcmFuZ2VfZW5kGAMgASgMUghyYW5nZUVuZCIqCgRUeXBlEggKBFJFQUQQABIJCgVXUklU' +
    'RRABEg0KCVJFQURXUklURRACIlQKBFJvbGUSEgoEbmFtZRgBIAEoDFIEbmFtZRI4Cg1rZXlQZXJtaXNzaW9uGAIgAygL' +
    'MhIuYXV0aHBiLlBlcm1pc3Npb25SDWtleVBlcm1pc3Npb25iBnByb3RvMw==',
}
