/** One member that clients reach over TLS, with an authority of its own; a whole cluster. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createAuthority } from '../../src/io/contract/index.ts'
import { freePorts } from './free-ports.ts'
import { Member } from './member.ts'
import { serverCommand } from './server-command.ts'

export interface SecureMemberOptions {
  /** Part of the name of its directory. */
  readonly name: string
  /** What its certificate is for: `DNS:node.example`, `IP Address:127.0.0.1`. */
  readonly certifies: string
  /** Clients prove who they are, too. */
  readonly asksClients?: boolean
}

export interface SecureMember {
  readonly member: Member
  /** Issues certificates for clients. */
  readonly authority: ReturnType<typeof createAuthority>
  /** A file with the certificate of the authority. */
  readonly authorityFile: string
  stop(): Promise<void>
}

/** It serves when this resolves. */
export async function startSecureMember({
  name,
  certifies,
  asksClients = false,
}: SecureMemberOptions): Promise<SecureMember> {
  const authority = createAuthority('the authority of this test')
  const server = authority.issue({ commonNames: ['node'], names: [certifies] })
  const directory = mkdtempSync(path.join(tmpdir(), `quorate-${name}-`))
  const file = (word: string, bytes: Uint8Array): string => {
    const place = path.join(directory, word)
    writeFileSync(place, bytes)
    return place
  }
  const authorityFile = file('ca.pem', authority.certificate)
  const [client, peer] = await freePorts(2)
  const url = `https://127.0.0.1:${client}`
  const peerUrl = `http://127.0.0.1:${peer}`
  const member = new Member({
    ...{ name: 'm1', url, command: serverCommand() },
    flags: [
      ...['--name', 'm1', '--data-dir', path.join(directory, 'data')],
      ...['--listen-client-urls', url, '--advertise-client-urls', url],
      ...['--listen-peer-urls', peerUrl, '--initial-advertise-peer-urls', peerUrl],
      ...['--initial-cluster', `m1=${peerUrl}`],
      ...['--cert-file', file('cert.pem', server.certificate)],
      ...['--key-file', file('key.pem', server.key)],
      ...(asksClients ? ['--trusted-ca-file', authorityFile, '--client-cert-auth'] : []),
    ],
  })
  const stop = async (): Promise<void> => {
    await member.stop()
    rmSync(directory, { recursive: true, force: true })
  }
  try {
    member.start()
    await member.ready()
  } catch (error) {
    await stop()
    throw error
  }
  return { member, authority, authorityFile, stop }
}
