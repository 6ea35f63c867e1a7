import { render } from 'preact'
import { App } from './app.jsx'
import { startLive } from './state/live.js'
import './styles/base.css'
import './styles/parts.css'
import './styles/charts.css'
import './styles/views.css'
import './styles/print.css'

render(<App />, document.getElementById('app') as HTMLElement)
startLive()
