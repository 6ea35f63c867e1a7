import { useSignal } from '@preact/signals'
import { type ComponentChildren, createContext } from 'preact'
import { useContext, useLayoutEffect, useRef } from 'preact/hooks'
import { Icon, type IconName } from './icon.jsx'

const CloseMenu = createContext<() => void>(() => {})

interface PopoverProps {
  readonly label: string
  /** On the button. */
  readonly icon: IconName
  /** Beside the icon; without it the label is read out only. */
  readonly text?: ComponentChildren
  readonly role: 'menu' | 'dialog'
  readonly class?: string
  readonly children: ComponentChildren
}

/** A button with something below it, closed by Escape, by a click elsewhere, and when the focus leaves it. */
export function Popover({ label, icon, text, role, class: name = '', children }: PopoverProps) {
  const open = useSignal(false)
  const box = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const close = (): void => {
    open.value = false
    button.current?.focus()
  }
  // Before the next key: it is meant for what has opened.
  useLayoutEffect(() => {
    if (!open.value) return undefined
    box.current?.querySelector<HTMLElement>('.popover button, .popover input, .popover select')?.focus()
    const away = (event: Event): void => {
      if (event.target instanceof Node && box.current?.contains(event.target) === false) open.value = false
    }
    document.addEventListener('pointerdown', away)
    document.addEventListener('focusin', away)
    return () => {
      document.removeEventListener('pointerdown', away)
      document.removeEventListener('focusin', away)
    }
  }, [open.value])
  return (
    <div
      class={`popover-box ${name}`}
      ref={box}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open.value) return
        event.stopPropagation()
        close()
      }}
    >
      <button
        type="button"
        ref={button}
        class={text === undefined ? 'button-icon' : 'button'}
        aria-label={text === undefined ? label : undefined}
        aria-haspopup={role}
        aria-expanded={open.value}
        title={label}
        onClick={() => (open.value = !open.value)}
      >
        <Icon name={icon} />
        {text !== undefined && <span class="unseen">{label}: </span>}
        {text}
      </button>
      {open.value && (
        <div class="popover" role={role} aria-label={label}>
          <CloseMenu.Provider value={close}>{children}</CloseMenu.Provider>
        </div>
      )}
    </div>
  )
}

type MenuProps = Omit<PopoverProps, 'role'>

export function Menu(props: MenuProps) {
  return (
    <div class="menu" onKeyDown={moveInMenu}>
      <Popover {...props} role="menu" />
    </div>
  )
}

const STEPS: Readonly<Record<string, (at: number, of: number) => number>> = {
  ArrowDown: (at, of) => (at + 1) % of,
  ArrowUp: (at, of) => (at - 1 + of) % of,
  Home: () => 0,
  End: (_, of) => of - 1,
}

function moveInMenu(event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=menuitem]')]
  const step = STEPS[event.key]
  if (step === undefined || items.length === 0) return
  event.preventDefault()
  items[step(items.indexOf(document.activeElement as HTMLElement), items.length)]?.focus()
}

interface MenuItemProps {
  readonly onChoose: () => void
  readonly children: ComponentChildren
}

export function MenuItem({ onChoose, children }: MenuItemProps) {
  const close = useContext(CloseMenu)
  return (
    <button
      type="button"
      role="menuitem"
      class="menu-item"
      onClick={() => {
        close()
        onChoose()
      }}
    >
      {children}
    </button>
  )
}

/** Closes the popover that a component lies in. */
export const useClose = (): (() => void) => useContext(CloseMenu)
