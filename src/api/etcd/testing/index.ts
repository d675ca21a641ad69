/** api/etcd/testing: nodes and clients that tests of the etcd door are written with. */
export { BAD_INPUTS, type BadInput, prepare } from './bad-inputs.ts'
export { CONVERSATION, comparable, type Turn } from './conversation.ts'
export { FedHub } from './fed-hub.ts'
export { LocalAnswers, LocalClient } from './local-client.ts'
export { startRealEtcd } from './real-etcd.ts'
export { RemoteAnswers, RemoteClient, serve, until } from './remote-client.ts'
export { type HeldRead, type HeldWrite, ScriptedNode } from './scripted-node.ts'
export { setUp, setUpScripted } from './setup.ts'
