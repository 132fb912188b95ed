import type { JSX } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';

import { EmulatorError } from '../client.ts';
import { toComplaints, type Complaints } from './complaint.ts';
import { toWords, useOnce } from './parts.tsx';

/** As much of JSON Schema as a field is made from; anything else is written as JSON. */
export interface FieldSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
}

export interface FormProps {
  readonly schema: FieldSchema;
  /** What fields hold at first, by name. */
  readonly first?: Readonly<Record<string, string>>;
  readonly act: string;
  readonly onSend: (body: Readonly<Record<string, unknown>>) => Promise<unknown>;
}

const NONE: Complaints = { byField: new Map(), others: '' };

/** A field for each property of an object. What is wrong with one stands at it, anything else beneath. */
export function Form({ schema, first = {}, act, onSend }: FormProps): JSX.Element {
  const [values, setValues] = useState<Readonly<Record<string, string>>>(first);
  const [complaints, setComplaints] = useState(NONE);
  const [result, setResult] = useState('');
  const [isBusy, once] = useOnce();
  const form = useRef<HTMLFormElement>(null);
  const id = useId();
  const fields = Object.entries(schema.properties ?? {});
  const send = async (): Promise<void> => {
    setComplaints(NONE);
    setResult('');
    try {
      setResult(describe(await onSend(toBody(fields, values))));
    } catch (error) {
      const found = complain(
        error,
        fields.map(([name]) => name),
      );
      setComplaints(found);
      const [first] = found.byField.keys();
      const wrong = first === undefined ? null : form.current?.elements.namedItem(first);
      if (wrong instanceof HTMLElement) wrong.focus();
    }
  };
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    void once(send);
  };
  return (
    <form class="fields" ref={form} onSubmit={onSubmit}>
      {fields.map(([name, field]) => {
        const isRequired = schema.required?.includes(name) ?? false;
        const complaint = complaints.byField.get(name);
        return (
          <div class="field" key={name}>
            <label for={`${id}-${name}`}>
              {name}
              {isRequired ? '' : ' (optional)'}
            </label>
            <Input
              id={`${id}-${name}`}
              name={name}
              field={field}
              value={values[name] ?? ''}
              isRequired={isRequired}
              isWrong={complaint !== undefined}
              onChange={(value) => setValues((before) => ({ ...before, [name]: value }))}
            />
            <small id={`${id}-${name}-about`}>
              {complaint !== undefined && (
                <span class="mistake">
                  <bdi>{complaint}</bdi>{' '}
                </span>
              )}
              <span class="soft">{field.description}</span>
            </small>
          </div>
        );
      })}
      <button class="primary" aria-disabled={isBusy}>
        {act}
      </button>
      <p class="mistake whole" role="alert">
        {complaints.others}
      </p>
      <p class="whole" role="status">
        <bdi class="data">{result}</bdi>
      </p>
    </form>
  );
}

/** What is about no field says what is the matter all the same. */
function complain(error: unknown, fields: readonly string[]): Complaints {
  if (error instanceof NotJson) return { byField: new Map([[error.field, 'is no JSON']]), others: 'Not sent.' };
  if (!(error instanceof EmulatorError) || error.status !== 400) return { ...NONE, others: toWords(error) };
  const found = toComplaints(error.detail, fields);
  if (found.byField.size === 0) return { ...NONE, others: toWords(error) };
  return { ...found, others: found.others === '' ? `${error.title}.` : `${error.title}: ${found.others}` };
}

class NotJson extends Error {
  readonly field: string;

  constructor(field: string) {
    super(`${field} is no JSON.`);
    this.field = field;
  }
}

interface InputProps {
  readonly id: string;
  readonly name: string;
  readonly field: FieldSchema;
  readonly value: string;
  readonly isRequired: boolean;
  readonly isWrong: boolean;
  readonly onChange: (value: string) => void;
}

function Input({ id, name, field, value, isRequired, isWrong, onChange }: InputProps): JSX.Element {
  const told = { id, name, required: isRequired, 'aria-invalid': isWrong, 'aria-describedby': `${id}-about` };
  const options = field.type === 'boolean' ? ['true', 'false'] : field.enum?.map(String);
  if (options) {
    return (
      <select {...told} value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        <option value="">{isRequired ? 'choose' : 'left out'}</option>
        {options.map((option) => (
          <option key={option} value={option} selected={option === value}>
            {option}
          </option>
        ))}
      </select>
    );
  }
  const isNumber = field.type === 'integer' || field.type === 'number';
  return (
    <input
      {...told}
      value={value}
      inputMode={isNumber ? 'decimal' : 'text'}
      placeholder={isSimple(field) ? '' : 'JSON'}
      onInput={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

const SIMPLE = ['string', 'integer', 'number', 'boolean', 'null'];

function isSimple({ type = 'any' }: FieldSchema): boolean {
  return [type].flat().every((one) => SIMPLE.includes(one));
}

/** What is left empty is left out. */
export function toBody(
  fields: readonly (readonly [string, FieldSchema])[],
  values: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    fields.flatMap(([name, field]) => {
      const text = values[name] ?? '';
      return text === '' ? [] : [[name, toValue(name, field, text)]];
    }),
  );
}

function toValue(name: string, field: FieldSchema, text: string): unknown {
  const types: readonly (string | undefined)[] = [field.type].flat();
  if (types.includes('string')) return types.includes('null') && text === 'null' ? null : text;
  // The emulator says what a field takes; it has to be told what was written.
  if (field.type === 'integer' || field.type === 'number') return Number.isNaN(Number(text)) ? text : Number(text);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    if (field.type === undefined) return text;
    throw new NotJson(name);
  }
}

function describe(answer: unknown): string {
  const result = typeof answer === 'object' && answer !== null && 'result' in answer ? answer.result : answer;
  return result === null || result === undefined ? 'Done.' : `Done: ${JSON.stringify(result)}`;
}
