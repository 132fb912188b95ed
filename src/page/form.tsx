import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';

import { toWords } from './parts.tsx';

/** As much of JSON Schema as a field is made from; anything else is written as JSON. */
export interface FieldSchema {
  readonly type?: string;
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

/** A field for each property of an object. */
export function Form({ schema, first = {}, act, onSend }: FormProps): JSX.Element {
  const [values, setValues] = useState<Readonly<Record<string, string>>>(first);
  const [mistake, setMistake] = useState('');
  const [result, setResult] = useState('');
  const id = useId();
  const fields = Object.entries(schema.properties ?? {});
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    setMistake('');
    setResult('');
    Promise.resolve()
      .then(() => onSend(toBody(fields, values)))
      .then(
        (answer) => setResult(describe(answer)),
        (error: unknown) => setMistake(toWords(error)),
      );
  };
  return (
    <form class="fields" onSubmit={onSubmit}>
      {fields.map(([name, field]) => (
        <div class="field" key={name}>
          <label for={`${id}-${name}`}>
            {name}
            {schema.required?.includes(name) ? '' : ' (optional)'}
          </label>
          <Input
            id={`${id}-${name}`}
            field={field}
            value={values[name] ?? ''}
            isRequired={schema.required?.includes(name) ?? false}
            onChange={(value) => setValues((before) => ({ ...before, [name]: value }))}
          />
          {field.description !== undefined && <small class="soft">{field.description}</small>}
        </div>
      ))}
      <button class="primary">{act}</button>
      <p class="mistake whole" role="alert">
        {mistake}
      </p>
      <p class="whole" role="status">
        <bdi class="data">{result}</bdi>
      </p>
    </form>
  );
}

interface InputProps {
  readonly id: string;
  readonly field: FieldSchema;
  readonly value: string;
  readonly isRequired: boolean;
  readonly onChange: (value: string) => void;
}

function Input({ id, field, value, isRequired, onChange }: InputProps): JSX.Element {
  const options = field.type === 'boolean' ? ['true', 'false'] : field.enum?.map(String);
  if (options) {
    return (
      <select
        id={id}
        required={isRequired}
        value={value}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      >
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
      id={id}
      required={isRequired}
      value={value}
      inputMode={isNumber ? 'decimal' : 'text'}
      placeholder={isSimple(field) ? '' : 'JSON'}
      onInput={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

function isSimple({ type }: FieldSchema): boolean {
  return type === 'string' || type === 'integer' || type === 'number' || type === 'boolean';
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
  if (field.type === 'string') return text;
  // The emulator says what a field takes; it has to be told what was written.
  if (field.type === 'integer' || field.type === 'number') return Number.isNaN(Number(text)) ? text : Number(text);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    if (field.type === undefined) return text;
    throw new Error(`${name} is no JSON.`);
  }
}

function describe(answer: unknown): string {
  const result = typeof answer === 'object' && answer !== null && 'result' in answer ? answer.result : answer;
  return result === null || result === undefined ? 'Done.' : `Done: ${JSON.stringify(result)}`;
}
