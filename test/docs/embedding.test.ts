import { testWhatIsShown } from './documents.ts'

testWhatIsShown('docs/guide/embedding.md')
