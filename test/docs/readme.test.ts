import { testWhatIsShown } from './documents.ts'

testWhatIsShown('README.md')
