namespace ToolboxAI.Shared.Luau.Syntax;

/// <summary>A local variable, parameter or loop variable: one declaration, however often it is used.</summary>
public sealed class Symbol
{
    internal Symbol(string name, int token, int functionDepth, int index, bool isConst)
    {
        Name = name;
        Token = token;
        FunctionDepth = functionDepth;
        Index = index;
        IsConst = isConst;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The token that declares it; for a method's <c>self</c> the function's first token.</summary>
    public int Token { get; }

    /// <summary>How many functions enclose the declaration; a use at another depth is an upvalue.</summary>
    public int FunctionDepth { get; }

    /// <summary>Its number among the declarations of its function, from 0.</summary>
    public int Index { get; }

    /// <summary>Whether it was declared with <c>const</c>.</summary>
    public bool IsConst { get; }

    /// <summary>How often it is assigned after its declaration.</summary>
    public int Assignments { get; internal set; }

    /// <summary>How often it is read.</summary>
    public int Uses { get; internal set; }

    /// <summary>The next declaration at its place among those that are visible.</summary>
    internal Symbol? Behind { get; set; }
}
