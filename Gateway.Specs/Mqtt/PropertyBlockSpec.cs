using Gateway.Protocols.Mqtt;
using Xunit;

namespace Gateway.Specs.Mqtt;

public sealed class PropertyBlockSpec
{
    [Theory]
    [InlineData("", PropertyPlaces.PubAck, true)]
    [InlineData("110000000A210014", PropertyPlaces.Connect, true)]
    [InlineData("26000161000162" + "26000161000162", PropertyPlaces.SubAck, true)]
    [InlineData("0B010B02", PropertyPlaces.Publish, true)]
    [InlineData("0B010B02", PropertyPlaces.Subscribe, false)]
    [InlineData("0B00", PropertyPlaces.Subscribe, false)]
    [InlineData("11000000011100000001", PropertyPlaces.Connect, false)]
    [InlineData("1100000001", PropertyPlaces.Publish, false)]
    [InlineData("210000", PropertyPlaces.Connect, false)]
    [InlineData("2700000000", PropertyPlaces.Connect, false)]
    [InlineData("0102", PropertyPlaces.Publish, false)]
    [InlineData("04", PropertyPlaces.Publish, false)]
    [InlineData("FFFFFF7F", PropertyPlaces.Publish, false)]
    [InlineData("0800012B", PropertyPlaces.Publish, false)]
    [InlineData("03000100", PropertyPlaces.Publish, false)]
    [InlineData("030002C328", PropertyPlaces.Publish, false)]
    [InlineData("0300056162", PropertyPlaces.Publish, false)]
    [InlineData("16000161", PropertyPlaces.Connect, false)]
    [InlineData("15000161" + "16000161", PropertyPlaces.Connect, true)]
    public void A_block_is_valid_or_not(string hex, PropertyPlaces place, bool valid) =>
        Assert.Equal(valid, PropertyBlock.IsValid(Convert.FromHexString(hex), place));

    [Fact]
    public void A_property_is_found_behind_others()
    {
        var block = Convert.FromHexString("26000161000162" + "15000161");
        Assert.True(PropertyBlock.Contains(block, PropertyTable.AuthenticationMethod));
        Assert.False(PropertyBlock.Contains(block, PropertyTable.AuthenticationData));
    }
}
