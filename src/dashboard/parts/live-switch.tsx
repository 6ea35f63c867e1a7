import { type LiveState, liveState, paused } from '../state/live.js'
import { Icon } from './icon.jsx'

const WORDS: Readonly<Record<LiveState, string>> = {
  // The stream is there in a moment: another word would make the button wider for as long.
  connecting: 'Live',
  live: 'Live',
  lost: 'Reconnecting',
  paused: 'Paused',
}

/** Says whether new calls come by themselves, and lets them wait. */
export function LiveSwitch() {
  const state = liveState.value
  return (
    <button
      type="button"
      class={`button live is-${state}`}
      aria-pressed={!paused.value}
      title={paused.value ? 'Show new calls as they come' : 'Hold the page as it is'}
      onClick={() => (paused.value = !paused.value)}
    >
      {paused.value ? <Icon name="play" /> : <span class="live-dot" />}
      <span>{WORDS[state]}</span>
      <span class="unseen"> updates{state === 'connecting' && ', connecting'}</span>
    </button>
  )
}
