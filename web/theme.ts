import {
  Button,
  createTheme,
  defaultVariantColorsResolver,
  Menu,
  Modal,
  Popover,
  TextInput,
  Tooltip,
} from '@mantine/core'

/** Sizes and manners of the component kit; its colours are in `tokens.css`. */
export const theme = createTheme({
  respectReducedMotion: true,
  cursorType: 'pointer',
  fontFamily: 'var(--sans)',
  defaultRadius: 6,
  focusRing: 'auto',
  variantColorResolver: input => {
    const plain = { background: 'transparent', hover: 'var(--hover)', border: '1px solid transparent' }
    if (input.variant === 'subtle') return { ...plain, color: input.color === 'red' ? 'var(--bad)' : 'var(--muted)' }
    if (input.variant === 'filled' && input.color === 'red')
      return { background: 'var(--bad)', hover: 'var(--bad)', border: '1px solid var(--bad)', color: 'var(--paper)' }
    if (input.variant === 'filled')
      return {
        background: 'var(--ink)',
        hover: 'var(--ink-hover)',
        border: '1px solid var(--ink)',
        color: 'var(--paper)',
      }
    if (input.variant === 'default')
      return {
        background: 'var(--surface)',
        hover: 'var(--hover)',
        border: '1px solid var(--line)',
        color: 'var(--ink)',
      }
    return defaultVariantColorsResolver(input)
  },
  components: {
    Button: Button.extend({ defaultProps: { size: 'xs', variant: 'default' } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 300, withArrow: false, transitionProps: { duration: 120 } } }),
    Menu: Menu.extend({ defaultProps: { shadow: 'md', position: 'bottom-end', transitionProps: { duration: 120 } } }),
    Popover: Popover.extend({ defaultProps: { shadow: 'md', transitionProps: { duration: 120 } } }),
    Modal: Modal.extend({ defaultProps: { centered: true, transitionProps: { duration: 150 } } }),
    TextInput: TextInput.extend({ defaultProps: { size: 'sm' } }),
  },
})
