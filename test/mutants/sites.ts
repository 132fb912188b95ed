import ts from 'typescript';

/** A place in a source file, and the text that replaces it. */
export interface Site {
  readonly kind: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly in: string;
}

const OPERATORS: Readonly<Record<string, readonly [kind: string, text: string]>> = {
  '<': ['comparison', '<='],
  '<=': ['comparison', '<'],
  '>': ['comparison', '>='],
  '>=': ['comparison', '>'],
  '===': ['equality', '!=='],
  '!==': ['equality', '==='],
  '&&': ['logic', '||'],
  '||': ['logic', '&&'],
  '+': ['arithmetic', '-'],
  '-': ['arithmetic', '+'],
};

/** Lists every change of one line that could be made to the file. Most that break its types are still among them. */
export function listSites(source: ts.SourceFile): readonly Site[] {
  const sites: Site[] = [];
  const visit = (node: ts.Node, within: string): void => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    if (ts.isThrowStatement(node) || (ts.isNewExpression(node) && node.expression.getText(source).endsWith('Error')))
      return;
    const name = toName(node, within);
    for (const [kind, target, text] of listChanges(node, source)) {
      const [start, end] = [target.getStart(source), target.end];
      const isOneLine =
        source.getLineAndCharacterOfPosition(start).line === source.getLineAndCharacterOfPosition(end).line;
      if (isOneLine) sites.push({ kind, start, end, text, in: name });
    }
    ts.forEachChild(node, (child) => visit(child, name));
  };
  visit(source, '');
  return sites;
}

function toName(node: ts.Node, within: string): string {
  const isNamed =
    ts.isFunctionLike(node) ||
    ts.isClassDeclaration(node) ||
    ts.isVariableDeclaration(node) ||
    ts.isPropertyAssignment(node);
  if (ts.isConstructorDeclaration(node)) return `${within}.constructor`;
  if (!isNamed || !node.name || ts.isObjectBindingPattern(node.name) || ts.isArrayBindingPattern(node.name))
    return within;
  return within === '' ? node.name.getText() : `${within}.${node.name.getText()}`;
}

function listChanges(node: ts.Node, source: ts.SourceFile): readonly (readonly [string, ts.Node, string])[] {
  if (ts.isBinaryExpression(node)) {
    const [kind, text] = OPERATORS[node.operatorToken.getText(source)] ?? [];
    return kind !== undefined && text !== undefined ? [[kind, node.operatorToken, text]] : [];
  }
  if (ts.isIfStatement(node)) return [['negated condition', node.expression, `!(${node.expression.getText(source)})`]];
  if (ts.isNumericLiteral(node)) return [['number', node, String(Number(node.text) + 1)]];
  if (ts.isStringLiteral(node)) {
    const isKey = ts.isPropertyAssignment(node.parent) && node.parent.name === node;
    return isKey || !/^[^\s]+$/.test(node.text) ? [] : [['text', node, `'${node.text}X'`]];
  }
  if (ts.isExpressionStatement(node)) {
    const call = ts.isAwaitExpression(node.expression) ? node.expression.expression : node.expression;
    return ts.isCallExpression(call) ? [['removed call', node, '{}']] : [];
  }
  if (ts.isReturnStatement(node) && node.expression) {
    const text = node.expression.getText(source);
    if (text === 'true' || text === 'false') return [['result', node.expression, text === 'true' ? 'false' : 'true']];
    return text === 'undefined' ? [] : [['result', node.expression, 'undefined']];
  }
  return [];
}
