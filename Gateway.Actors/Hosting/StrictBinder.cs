using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace Gateway.Actors.Hosting;

/// <summary>
/// Turns a configuration section into a tree of option records. Unlike the framework's binder it refuses keys that no option has, and goes on after
/// a fault, so that operators see all of them at once.
/// </summary>
public sealed class StrictBinder(ICollection<ConfigurationFault> faults)
{
    public T Bind<T>(IConfigurationSection section) where T : new() => (T)BindRecord(typeof(T), section);

    object BindRecord(Type type, IConfigurationSection section)
    {
        var bound = Activator.CreateInstance(type)!;
        var options = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite).ToArray();
        if (section.Value is { Length: > 0 }) faults.Add(new(section.Path, null, "is a single value", $"give a section with {Names(options)}"));
        foreach (var child in section.GetChildren())
        {
            var option = options.FirstOrDefault(o => o.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase));
            if (option is null)
                faults.Add(new(child.Path, null, "there is no such setting", NearestName.Remedy(child.Key, [.. options.Select(o => o.Name)])));
            else if (Value(option.PropertyType, child) is { } value)
                option.SetValue(bound, value);
        }

        return bound;
    }

    // Null leaves the default in place: either nothing was given, or a fault was reported.
    object? Value(Type type, IConfigurationSection given)
    {
        if (type.IsGenericType) return List(type.GetGenericArguments()[0], given);
        if (type.IsClass && type != typeof(string)) return BindRecord(type, given);
        if (given.GetChildren().Any()) return Fault(given, null, "is a section", "give a single value");
        return given.Value is { } text ? Scalar(type, text, given) : null;
    }

    object? Scalar(Type type, string text, IConfigurationSection given)
    {
        if (type == typeof(string)) return text;
        if (type == typeof(TimeSpan)) return Durations.TryParse(text, out var d) ? d : Fault(given, text, "is not a duration", Durations.Examples);
        if (type.IsEnum) return Choice(type, text, given);
        var style = NumberStyles.AllowLeadingSign;
        if (type == typeof(int) && int.TryParse(text, style, CultureInfo.InvariantCulture, out var number)) return number;
        if (type == typeof(long) && long.TryParse(text, style, CultureInfo.InvariantCulture, out var big)) return big;
        if (type == typeof(bool) && bool.TryParse(text, out var flag)) return flag;
        return Fault(given, text, type == typeof(bool) ? "is neither true nor false" : "is not a whole number", "correct the value");
    }

    object? Choice(Type type, string text, IConfigurationSection given)
    {
        var name = Enum.GetNames(type).FirstOrDefault(n => n.Equals(text, StringComparison.OrdinalIgnoreCase));
        return name is null ? Fault(given, text, "is not a known value", NearestName.Remedy(text, Enum.GetNames(type))) : Enum.Parse(type, name);
    }

    object? List(Type item, IConfigurationSection given)
    {
        // An empty list reads as an empty value.
        if (given.Value is { Length: > 0 } single)
            return Fault(given, single, "is a single value", $"give a list, as in {given.Path}:0");
        var values = given.GetChildren().OrderBy(c => int.TryParse(c.Key, out var index) ? index : int.MaxValue)
            .Where(IsIndex).Select(c => Value(item, c)).Where(v => v is not null).ToArray();
        var list = Array.CreateInstance(item, values.Length);
        values.CopyTo(list, 0);
        return list;
    }

    bool IsIndex(IConfigurationSection child)
    {
        if (uint.TryParse(child.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _)) return true;
        Fault(child, null, "is not an index", "number the list's entries from 0");
        return false;
    }

    object? Fault(IConfigurationSection at, string? value, string problem, string remedy)
    {
        faults.Add(new(at.Path, value, problem, remedy));
        return null;
    }

    static string Names(PropertyInfo[] options) => string.Join(", ", options.Select(o => o.Name));
}
