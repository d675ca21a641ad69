import { testWhatIsShown } from './documents.ts'

testWhatIsShown('docs/guide/tls.md')
