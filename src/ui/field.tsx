import type { Child, PropsWithChildren } from 'hono/jsx'
import { useField } from './form.tsx'
import { Icon } from './icon.tsx'
import { useView } from './view-context.tsx'

export type FieldWidth = 'short' | 'medium' | 'full'

type FieldProps = {
  name: string
  label: Child
  hint?: Child
  /** a field may be left empty only when it says so; `said`: the rows' own heading says it for all of them */
  optional?: boolean | 'said'
  /** the value before anything was typed; what came back with the form goes first */
  value?: string
  width?: FieldWidth
}

export type Option = { value: string; label: string; hint?: Child; disabled?: boolean }

type InputProps = FieldProps & {
  type?: 'text' | 'email' | 'tel' | 'url' | 'search' | 'password' | 'date'
  inputmode?: 'text' | 'decimal' | 'numeric' | 'email' | 'tel'
  autocomplete?: string
  maxlength?: number
  min?: string
  max?: string
  /** a unit behind the figure: €, h, % */
  suffix?: Child
  /** what is offered while typing; anything else may be typed */
  suggestions?: readonly string[]
}

export function TextField({
  name,
  label,
  hint,
  optional,
  value = '',
  width = 'full',
  type = 'text',
  suffix,
  suggestions,
  ...input
}: InputProps) {
  const field = useField(name, label)
  const list = suggestions && `${field.id}-suggestions`
  const control = (
    <input
      id={field.id}
      name={name}
      type={type}
      class={`input input-${width}`}
      value={type === 'password' ? undefined : (field.values[0] ?? value)}
      {...described(field, hint, optional)}
      list={list}
      {...input}
    />
  )
  return (
    <Field field={field} label={label} hint={hint} optional={optional}>
      {suggestions && (
        <datalist id={list}>
          {suggestions.map((text) => (
            <option value={text} />
          ))}
        </datalist>
      )}
      {suffix ? (
        <span class={`with-suffix with-suffix-${width}`}>
          {control}
          <span class="suffix">{suffix}</span>
        </span>
      ) : (
        control
      )}
    </Field>
  )
}

/** Any exact figure, with a comma or a point; read it with parseDecimalInput. */
export function DecimalField({ width = 'short', ...props }: Omit<InputProps, 'type' | 'inputmode'>) {
  return <TextField {...props} width={width} inputmode="decimal" autocomplete="off" />
}

export function MoneyField(props: Omit<InputProps, 'type' | 'inputmode' | 'suffix'>) {
  return <DecimalField {...props} suffix="€" />
}

/** The browser's own date picker; the value is '2026-03-31' whatever it looks like. */
export function DateField({ width = 'short', ...props }: FieldProps & { min?: string; max?: string }) {
  return <TextField {...props} width={width} type="date" />
}

export function PasswordField(props: FieldProps & { autocomplete: 'current-password' | 'new-password' }) {
  return <TextField {...props} type="password" />
}

export function TextAreaField({
  name,
  label,
  hint,
  optional,
  value = '',
  width = 'full',
  rows = 4,
  maxlength,
}: FieldProps & { rows?: number; maxlength?: number }) {
  const field = useField(name, label)
  return (
    <Field field={field} label={label} hint={hint} optional={optional}>
      <textarea
        id={field.id}
        name={name}
        rows={rows}
        maxlength={maxlength}
        class={`input input-${width}`}
        {...described(field, hint, optional)}
      >
        {field.values[0] ?? value}
      </textarea>
    </Field>
  )
}

/** Without a value the first choice is an empty one that asks to choose. */
export function SelectField({
  name,
  label,
  hint,
  optional,
  value = '',
  width = 'medium',
  options,
  empty,
}: FieldProps & { options: Option[]; empty?: string | false }) {
  const { t } = useView()
  const field = useField(name, label, 'validation.required_choice')
  const chosen = field.values[0] ?? value
  const emptyText = empty ?? (field.filter ? t('action.all') : optional ? t('common.none') : t('action.choose'))
  return (
    <Field field={field} label={label} hint={hint} optional={optional}>
      <select id={field.id} name={name} class={`input input-${width}`} {...described(field, hint, optional)}>
        {emptyText !== false && <option value="">{emptyText}</option>}
        {options.map((option) => (
          <option value={option.value} selected={option.value === chosen} disabled={option.disabled}>
            {option.label}
          </option>
        ))}
      </select>
    </Field>
  )
}

/** A choice of months, newest first: not every browser has a month picker, and a list of names is easier to read. */
export function MonthField({ from, to, ...props }: FieldProps & { from: string; to: string; empty?: string | false }) {
  const { format } = useView()
  return (
    <SelectField
      {...props}
      options={monthsBetween(from, to).map((month) => ({ value: month, label: format.month(month) }))}
    />
  )
}

function monthsBetween(from: string, to: string): string[] {
  const months: string[] = []
  let [year = 0, month = 0] = to.split('-').map(Number)
  for (let current = to; current >= from; current = `${year}-${String(month).padStart(2, '0')}`) {
    months.push(current)
    if (month === 1) {
      year -= 1
      month = 12
    } else {
      month -= 1
    }
  }
  return months
}

export function RadioField({
  name,
  label,
  hint,
  optional,
  value = '',
  options,
}: Omit<FieldProps, 'width'> & { options: Option[] }) {
  const field = useField(name, label, 'validation.required_choice')
  const chosen = field.values[0] ?? value
  return (
    <Group field={field} label={label} hint={hint} optional={optional}>
      {options.map((option, index) => (
        <Choice
          field={field}
          name={name}
          type="radio"
          option={option}
          index={index}
          checked={option.value === chosen}
        />
      ))}
    </Group>
  )
}

export function CheckboxesField({
  name,
  label,
  hint,
  optional,
  value = [],
  columns,
  options,
}: Omit<FieldProps, 'width' | 'value'> & {
  value?: string[]
  /** many short choices: side by side where there is room */
  columns?: boolean
  options: Option[]
}) {
  const field = useField(name, label, 'validation.required_some')
  const chosen = field.cameBack ? field.values : value
  return (
    <Group field={field} label={label} hint={hint} optional={optional} columns={columns}>
      {options.map((option, index) => (
        <Choice
          field={field}
          name={name}
          type="checkbox"
          option={option}
          index={index}
          checked={chosen.includes(option.value)}
        />
      ))}
    </Group>
  )
}

/** One tick: sends 'yes' or nothing. */
export function CheckboxField({
  name,
  label,
  hint,
  checked = false,
}: {
  name: string
  label: Child
  hint?: Child
  checked?: boolean
}) {
  const field = useField(name, label)
  return (
    <div class={field.error ? 'field field-refused' : 'field'}>
      <ErrorText field={field} />
      <Choice
        field={field}
        name={name}
        type="checkbox"
        option={{ value: 'yes', label: '', hint }}
        label={label}
        index={0}
        checked={field.cameBack ? field.values.includes('yes') : checked}
      />
    </div>
  )
}

/** The form needs `files`. A chosen file cannot be kept after a refusal: browsers do not allow it. */
export function FileField({
  name,
  label,
  hint,
  optional,
  accept,
}: Omit<FieldProps, 'value' | 'width'> & { accept?: string }) {
  const field = useField(name, label)
  return (
    <Field field={field} label={label} hint={hint} optional={optional}>
      <input
        id={field.id}
        name={name}
        type="file"
        accept={accept}
        class="input-file"
        {...described(field, hint, optional)}
      />
    </Field>
  )
}

type Place = ReturnType<typeof useField>

function described(field: Place, hint: Child | undefined, optional: FieldProps['optional']) {
  const by = [hint && `${field.id}-hint`, field.error && `${field.id}-error`].filter(Boolean).join(' ')
  return {
    'aria-describedby': by || undefined,
    'aria-invalid': field.error ? ('true' as const) : undefined,
    required: !optional && !field.filter,
  }
}

type FrameProps = PropsWithChildren<{
  field: Place
  label: Child
  hint: Child | undefined
  optional: FieldProps['optional']
}>

function Field({ field, label, hint, optional, children }: FrameProps) {
  return (
    <div class={field.error ? 'field field-refused' : 'field'}>
      <label for={field.id}>
        {label}
        <OptionalMark field={field} optional={optional} />
      </label>
      <Hint field={field} hint={hint} />
      <ErrorText field={field} />
      {children}
    </div>
  )
}

function Group({ field, label, hint, optional, columns, children }: FrameProps & { columns?: boolean | undefined }) {
  const by = [hint && `${field.id}-hint`, field.error && `${field.id}-error`].filter(Boolean).join(' ')
  return (
    <fieldset
      class={field.error ? 'field field-group field-refused' : 'field field-group'}
      aria-describedby={by || undefined}
    >
      <legend>
        {label}
        <OptionalMark field={field} optional={optional} />
      </legend>
      <Hint field={field} hint={hint} />
      <ErrorText field={field} />
      <div class={columns ? 'choices choices-columns' : 'choices'}>{children}</div>
    </fieldset>
  )
}

function Choice(props: {
  field: Place
  name: string
  type: 'radio' | 'checkbox'
  option: Option
  label?: Child
  index: number
  checked: boolean
}) {
  const { field, name, type, option, label, index, checked } = props
  // The first one carries the field's own id: that is where the error summary leads.
  const id = index === 0 ? field.id : `${field.id}-${index}`
  return (
    <div class="choice">
      <input
        id={id}
        name={name}
        type={type}
        value={option.value}
        checked={checked}
        disabled={option.disabled}
        aria-describedby={option.hint ? `${id}-choice-hint` : undefined}
      />
      <label for={id}>{label ?? option.label}</label>
      {option.hint && (
        <p class="hint" id={`${id}-choice-hint`}>
          {option.hint}
        </p>
      )}
    </div>
  )
}

function OptionalMark({ field, optional }: { field: Place; optional: FieldProps['optional'] }) {
  const { t } = useView()
  return optional === true && !field.filter ? <span class="optional"> ({t('common.optional')})</span> : null
}

function Hint({ field, hint }: { field: Place; hint: Child | undefined }) {
  return hint ? (
    <p class="hint" id={`${field.id}-hint`}>
      {hint}
    </p>
  ) : null
}

function ErrorText({ field }: { field: Place }) {
  const { t } = useView()
  return field.error ? (
    <p class="field-error" id={`${field.id}-error`}>
      <Icon name="warning" />
      <span class="visually-hidden">{t('validation.error')} </span>
      {field.error}
    </p>
  ) : null
}
